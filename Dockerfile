# 政策问答的容器镜像：第一步装进虚拟环境（与 make setup 相同），第二步只带走它和样例。
#   docker build -t policy-qa .
#   docker run -p 8000:8000 -v policy-qa:/data -e QA_SERVICE__PUBLIC=true policy-qa

FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY index index
COPY qa qa
RUN python -m venv /opt/policy-qa \
 && /opt/policy-qa/bin/python -m pip install --disable-pip-version-check --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim
# faiss 用 OpenMP
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data policy-qa \
 && mkdir /data && chown policy-qa /data
COPY --from=build /opt/policy-qa /opt/policy-qa
COPY seeds /opt/policy-qa/seeds
COPY deploy/start.sh /opt/policy-qa/start.sh
USER policy-qa
WORKDIR /data
VOLUME /data
# 根文件系统可以只读：写的只有 /data 和 /tmp
ENV PATH=/opt/policy-qa/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    QA_INDEX__FOLDER=/data/index \
    QA_SERVICE__HOST=0.0.0.0 \
    QA_SERVICE__PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['QA_SERVICE__PORT'] + '/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["sh", "/opt/policy-qa/start.sh"]
