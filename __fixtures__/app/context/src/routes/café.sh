cafe_hours() { echo "8-18"; }
