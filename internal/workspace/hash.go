package workspace

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"sync"
)

// digest is a SHA-256 sum.
type digest [sha256.Size]byte

func (d digest) String() string { return hex.EncodeToString(d[:8]) }

func sum(data []byte) digest { return sha256.Sum256(data) }

// hasher hashes a sequence of values; each is written with its length, so
// that no two sequences look the same.
type hasher struct{ h hash.Hash }

func newHasher(kind string) hasher {
	h := hasher{sha256.New()}
	h.string(kind)
	return h
}

func (h hasher) int(n int) {
	var buf [8]byte
	binary.LittleEndian.PutUint64(buf[:], uint64(n))
	h.h.Write(buf[:])
}

func (h hasher) string(s string) {
	h.int(len(s))
	io.WriteString(h.h, s)
}

func (h hasher) bytes(b []byte) {
	h.int(len(b))
	h.h.Write(b)
}

func (h hasher) strings(list []string) {
	h.int(len(list))
	for _, s := range list {
		h.string(s)
	}
}

func (h hasher) digest(d digest) { h.h.Write(d[:]) }

func (h hasher) sum() (d digest) {
	h.h.Sum(d[:0])
	return d
}

// program hashes the running binary: other code, other results.
var program = sync.OnceValue(func() digest {
	h := sha256.New()
	if path, err := os.Executable(); err == nil {
		if f, err := os.Open(path); err == nil {
			_, err = io.Copy(h, f)
			f.Close()
			if err == nil {
				var d digest
				h.Sum(d[:0])
				return d
			}
		}
	}
	// Unreadable: trust nothing that another process has written.
	io.WriteString(h, "pid")
	binary.Write(h, binary.LittleEndian, int64(os.Getpid()))
	var d digest
	h.Sum(d[:0])
	return d
})
