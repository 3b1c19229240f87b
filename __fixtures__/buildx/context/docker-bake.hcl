group "default" { targets = ["web", "base"] }

target "_shop" {
  dockerfile = "web.Dockerfile"
}

target "web" {
  inherits = ["_shop"]
  tags = ["registry.example/shop/web:2.0", "registry.example/shop/web:latest"]
}

target "base" {
  inherits = ["_shop"]
  target = "base"
  tags = ["registry.example/shop/base:2.0"]
}
