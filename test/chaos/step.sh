# Every job of the chaos run: `. ../step.sh`. Reads the one line of each source, tells the log outside the project what it
# consumed, and writes to its target all that it has read: words ORIGIN:GENERATION, or ORIGIN:GENERATION:WHAT-KIND, where
# WHAT is `fail` or `slow` and KIND the kind of job that is to do so. A table is a file in ../db. One short write a line.
kind=${OBJFLOW_JOB%%_*} all= told=
for source in "$@"; do
  case $source in db/*) file=../$source ;; *) file=$source ;; esac
  line=
  read -r line <"$file" || :
  # A slow writer begins with a while of nothing.
  case $line in *!*) line=${line##*!} ;; x*) line= ;; esac
  told="$told $source=$line"
  IFS=,
  for word in $line; do
    case ,$all, in *,"$word",*) ;; *) all=${all:+$all,}$word ;; esac
  done
  unset IFS
done
echo "start $OBJFLOW_RUN $OBJFLOW_ATTEMPT $OBJFLOW_KEY $OBJFLOW_TASK$told > $target" >>../log
case $all in *:slow-"$kind"*) sleep 0.2 ;; esac
case $all in *:fail-"$kind"*)
  if ! test -e ../calm; then
    echo "fail $OBJFLOW_RUN $OBJFLOW_ATTEMPT" >>../log
    exit 3
  fi
  ;;
esac
case $target in db/*) file=../$target ;; *) file=$target ;; esac
echo "$all" >"$file"
echo "end $OBJFLOW_RUN $OBJFLOW_ATTEMPT" >>../log
