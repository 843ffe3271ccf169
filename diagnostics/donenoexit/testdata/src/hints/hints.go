// Package hints has cases that by a name end what another case leaves by.
package hints

import (
	"context"
	"net"
)

func reads(ctx context.Context, conn net.Conn, lines <-chan string, failed <-chan error) error {
	for {
		select {
		case <-ctx.Done(): // want "this case doesn't leave the loop"
			conn.Close()
		case <-lines:
		case err := <-failed:
			return err
		}
	}
}
