#!/bin/sh
# 容器的启动：还没有索引时先收录 /data/documents，没有这个文件夹或它是空的就收录样例；然后启动服务。
set -eu
if [ ! -e "$QA_INDEX__FOLDER/CURRENT" ]; then
  # compose 挂上的文件夹，没有时会由引擎建一个空的
  if [ -n "$(ls -A /data/documents 2>/dev/null)" ]; then documents=/data/documents; else documents="$(dirname "$0")/seeds"; fi
  # 4：有的文件读不了，其余已收录，报告里写明了
  qa index "$documents" >&2 || [ $? -eq 4 ]
fi
exec qa serve
