package ctxvariant

import (
	"go/constant"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// onThisHost reports whether a call of package net has nobody to wait for: it
// connects to a socket of this host by its file, looks up this host, or makes a
// socket for datagrams.
func onThisHost(call *ssa.Call) bool {
	fn := flow.Callee(call.Common())
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "net" {
		return false
	}
	datagrams, looksUp := false, strings.HasPrefix(fn.Name(), "Lookup")
	return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool {
		c, ok := arg.(*ssa.Const)
		if !ok || c.Value == nil || c.Value.Kind() != constant.String {
			return false
		}
		switch text := constant.StringVal(c.Value); {
		case text == "unix" || text == "unixgram" || text == "unixpacket":
			return true
		case strings.HasPrefix(text, "udp"):
			datagrams = true
		case looksUp:
			return text == "localhost"
		case datagrams:
			_, err := netip.ParseAddrPort(text)
			return err == nil // no handshake, and no name to look up
		}
		return false
	})
}
