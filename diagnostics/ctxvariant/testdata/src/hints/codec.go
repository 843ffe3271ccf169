package hints

import (
	"context"
	"net"
)

type codec struct{ conn net.Conn }

func (c *codec) Encode(v []byte) error {
	_, err := c.conn.Write(v)
	return err
}

func (c *codec) EncodeContext(ctx context.Context, v []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.Encode(v)
}

// A codec's context may be for what the values' own methods do.
func encodes(ctx context.Context, c *codec, v []byte) error {
	return c.Encode(v) // want `Encode knows nothing of ctx, unlike EncodeContext`
}
