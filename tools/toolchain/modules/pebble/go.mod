module gatefleet.dev/toolchain/pebble

go 1.26.0

require github.com/letsencrypt/pebble/v2 v2.10.3

