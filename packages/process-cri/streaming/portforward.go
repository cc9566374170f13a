package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// PortForward passes bytes between the client and a port of the Pod's loopback.
func (c *containers) PortForward(ctx context.Context, namespace string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	connection, err := dialIn(ctx, strings.TrimPrefix(namespace, "netns:"), port)
	if err != nil {
		return err
	}
	defer connection.Close()
	done := make(chan error, 2)
	go func() {
		_, err := io.Copy(stream, connection)
		done <- err
	}()
	go func() {
		_, err := io.Copy(connection, stream)
		if half, ok := connection.(*net.TCPConn); ok {
			half.CloseWrite()
			err = nil // the answer may still be under way
		}
		if err != nil {
			done <- err
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return nil
	}
}

// dialIn connects from inside a network namespace. A thread that has entered one is never used for anything else: the
// goroutine ends without unlocking it, which ends the thread.
func dialIn(ctx context.Context, namespace string, port int32) (net.Conn, error) {
	type result struct {
		connection net.Conn
		err        error
	}
	results := make(chan result, 1)
	go func() {
		runtime.LockOSThread()
		if namespace == "" {
			runtime.UnlockOSThread()
		} else if err := enter(namespace); err != nil {
			results <- result{err: err}
			return
		}
		var dialer net.Dialer
		connection, err := dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
		if err != nil {
			if other, otherErr := dialer.DialContext(ctx, "tcp6", net.JoinHostPort("::1", strconv.Itoa(int(port)))); otherErr == nil {
				connection, err = other, nil
			}
		}
		results <- result{connection, err}
	}()
	got := <-results
	return got.connection, got.err
}

func enter(namespace string) error {
	file, err := os.Open(namespace)
	if err != nil {
		return fmt.Errorf("entering the Pod's network: %w", err)
	}
	defer file.Close()
	if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("entering the Pod's network: %w", err)
	}
	return nil
}
