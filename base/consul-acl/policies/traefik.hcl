# The gateways list what is below `traefik`, without a slash.
key "traefik" {
  policy = "list"
}

key_prefix "traefik/" {
  policy = "list"
}
