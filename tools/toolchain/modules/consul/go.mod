module gatefleet.dev/toolchain/consul

go 1.20.0

require github.com/hashicorp/consul v1.19.2

