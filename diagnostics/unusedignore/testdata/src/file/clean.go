//ctxls:ignore lostcancel not in this file // want `this comment has no effect: lostcancel finds nothing`

package file

import "context"

func mended(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	defer cancel()
}
