basket_add() { echo "added $1"; }
basket_remove() { echo "removed $1"; }
