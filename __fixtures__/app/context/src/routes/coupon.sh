coupon_apply() { echo "coupons are not accepted yet"; }
