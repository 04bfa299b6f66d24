# Read by the scripts beside it: which images to run on, and how often.
# The script may define images_option NAME VALUE, which takes further options; needs build.sh for write_images.
images=500 rounds=4 data=/usr/share/datasets/fashion-mnist in=

fail() {
  echo "$(basename "$0"): $1" >&2
  exit 2
}

read_images_options() {
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ $# -gt 1 ] || fail "$1 needs a value; see the top of $0"
    case $1 in
      --images) images=$2 ;;
      --rounds) rounds=$2 ;;
      --data) data=$2 ;;
      --in) in=$(CDPATH= cd "$2" && pwd -P) ;;
      *) images_option "$1" "$2" || fail "no option $1; see the top of $0" ;;
    esac
    shift 2
  done
  [ -n "$in" ] || [ -f "$data/train-images-idx3-ubyte.gz" ] ||
    fail "there is no $data/train-images-idx3-ubyte.gz; name the folder of Fashion-MNIST's files by --data"
}

# Sets $in, where --in did not, to a folder below the one given.
write_images() {
  if [ -z "$in" ]; then
    in=$1/images
    bench dev.sgid.bench.FashionFolders "$data" "$in" "$images"
  fi
}
