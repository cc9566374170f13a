# Clients verify the server's name and show a token. Servers verify each other's, and show it.
tls {
  defaults {
    ca_file         = "/consul/config/secrets/ca.crt"
    cert_file       = "/consul/config/secrets/tls.crt"
    key_file        = "/consul/config/secrets/tls.key"
    tls_min_version = "TLSv1_3"
    verify_outgoing = true
  }

  internal_rpc {
    verify_incoming        = true
    verify_server_hostname = true # of both ends: without it whoever has any certificate of this CA could be a server
  }
}

ports {
  http = -1
}

auto_reload_config = true # a certificate that was replaced in its Secret is served as soon as kubelet brings it
