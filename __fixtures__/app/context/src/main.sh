# The shop's entry point: reads a request line, answers with the route's output.
. /etc/shop/shop.conf
while read -r method path; do
  echo "$method $path" >> /var/lib/shop/requests.log
done
