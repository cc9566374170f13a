# The controller that leads. It takes the lock by a session on the server that it talks to.
key_prefix "gatefleet/" {
  policy = "write"
}

key_prefix "traefik/tls/certificates/" {
  policy = "write"
}

session_prefix "consul-" {
  policy = "write"
}
