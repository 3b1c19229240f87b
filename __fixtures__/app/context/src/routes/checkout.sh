checkout() { echo "total: $1 $currency"; }
