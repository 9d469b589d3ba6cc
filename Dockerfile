# Firedrill itself, for clusters that cannot be reached from a laptop: `npm run image`. Its context is the folder that
# scripts/image.ts makes: the published package, what it needs, and a Node of its own. Any base with glibc does; one with
# ssh or kubectl in it can control nodes as well.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
COPY . /opt/firedrill
ENV PATH=/opt/firedrill/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    XDG_STATE_HOME=/var/lib XDG_CACHE_HOME=/var/cache
# Drills, targets and reports; what a run that died has left to be undone.
VOLUME ["/work", "/var/lib/firedrill"]
WORKDIR /work
STOPSIGNAL SIGINT
ENTRYPOINT ["node", "/opt/firedrill/bin/firedrill.js"]
CMD ["--help"]
