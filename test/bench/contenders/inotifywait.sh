# inotifywait and a shell, for `landing/` of the current directory. $1: the command.
inotifywait -m -e moved_to --format '%f' landing 2>&1 | while read -r name; do
  case $name in
    'Setting up watches.'*) ;;
    'Watches established.') echo '{"event":"watching"}' ;;
    *)
      source="landing/$name" sh -c "$1"
      echo '{"event":"run-succeeded"}'
      ;;
  esac
done
