# What answers the CA, and so the Internet: one challenge whose token it is told, and no list of them.
key_prefix "gatefleet/challenges/" {
  policy = "read"
}
