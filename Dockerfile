# The sync server; see docs/server.md.
FROM node:24-slim
WORKDIR /docket
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY db db
COPY server server
COPY scripts/end-with-npm.mjs scripts/new-node.mjs scripts/
COPY src/core src/core
COPY src/contract src/contract
RUN mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 7420
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:7420/readyz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The container's own network; what is published of it is for whoever runs the container to say, and a proxy that speaks HTTPS belongs before it.
ENTRYPOINT ["node", "server/docket-server.mjs", "--host", "0.0.0.0", "--allow-plain-http"]
CMD ["--data", "/data"]
