#!/bin/sh
# control <start|stop|kill|pause|resume|status> <node's directory>: as somebody's own tools control his nodes. Each act resolves when it
# is done, and does nothing where it is done already. Status: `running <pid> <start time>`, `paused …` or `gone`.
# control guard: waits for the end of its input, which comes with the end of the test however it ends, and leaves nothing.
if [ "$1" = guard ]; then
  cat >/dev/null
  cd -P "$(dirname "$0")" || exit 2
  for port in [0-9]*; do ./control kill "$port"; done
  cd / && exec rm -rf "$OLDPWD"
fi
cd -P "$(dirname "$0")/$2" || exit 2
pid=$(cat pid 2>/dev/null)

# A pid that another process has by now is none: nodes work in their own directory.
is_there() {
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$PWD" ]
}

status() {
  is_there || { echo gone; return; }
  # shellcheck disable=SC2046 # in words
  set -- $(sed 's/.*) //' "/proc/$pid/stat")
  case $1 in T | t) word=paused ;; *) word=running ;; esac
  shift 19
  echo "$word $pid $1"
}

end() {
  is_there || return 0
  kill "-$1" "$pid"
  while is_there; do sleep 0.02; done
}

case $1 in
  start)
    is_there && exit 0
    . ./start
    echo $! >pid
    ;;
  stop) end TERM ;;
  kill) end KILL ;;
  pause) is_there && kill -STOP "$pid" ;;
  resume) is_there && kill -CONT "$pid" ;;
  status) status ;;
  *) exit 2 ;;
esac
