package story

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
)

// Encoded is a [Package] as it is kept: few ask for a story, but all reports
// have one, in memory and on disk.
type Encoded []byte

// Encode makes the compact form of a story; nil for an empty one.
func (p Package) Encode() Encoded {
	if len(p) == 0 {
		return nil
	}
	w := &writer{numbers: make(map[string]uint64)}
	w.value(reflect.ValueOf([]Function(p)))
	out := binary.AppendUvarint(nil, uint64(len(w.strs)))
	last := ""
	for _, s := range w.strs { // many begin as the one before: they name functions
		same := 0
		for same < min(len(s), len(last)) && s[same] == last[same] {
			same++
		}
		out = binary.AppendUvarint(out, uint64(same))
		out = binary.AppendUvarint(out, uint64(len(s)-same))
		out = append(out, s[same:]...)
		last = s
	}
	return deflate(append(out, w.out...))
}

// deflaters are kept: each has a table of half a megabyte.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is none
	}
	return w
}}

func deflate(data []byte) []byte {
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	w.Write(data) // a buffer takes everything
	w.Close()
	return out.Bytes()
}

// Decode returns the story. It fails on what Encode didn't make.
func (e Encoded) Decode() (p Package, err error) {
	if len(e) == 0 {
		return nil, nil
	}
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(e)))
	if err != nil {
		return nil, fmt.Errorf("reading the story of a package: %w", err)
	}
	r := &reader{in: data}
	defer func() {
		if r.failed {
			p, err = nil, errors.New("the story of a package can't be read")
		}
	}()
	last := ""
	for n := r.uint(); n > 0 && !r.failed; n-- {
		same, more := r.uint(), r.uint()
		if same > uint64(len(last)) || more > uint64(len(r.in)) {
			r.failed = true
			break
		}
		last = last[:same] + string(r.in[:more])
		r.in = r.in[more:]
		r.strs = append(r.strs, last)
	}
	var functions []Function
	r.value(reflect.ValueOf(&functions).Elem())
	return functions, nil
}

var rangeType = reflect.TypeFor[Range]()

// writer writes values by their structure, each string once.
type writer struct {
	out     []byte
	strs    []string
	numbers map[string]uint64
}

func (w *writer) string(s string) {
	n, ok := w.numbers[s]
	if !ok {
		n = uint64(len(w.strs))
		w.numbers[s] = n
		w.strs = append(w.strs, s)
	}
	w.out = binary.AppendUvarint(w.out, n)
}

// place writes a range: 0 for none, else its start, and its end from there.
func (w *writer) place(r Range) {
	if r == (Range{}) {
		w.out = append(w.out, 0)
		return
	}
	w.out = binary.AppendUvarint(w.out, uint64(r.Start.Line)+1)
	w.string(r.File)
	for _, n := range []int{r.Start.Offset, r.Start.Column, r.End.Offset - r.Start.Offset, r.End.Line - r.Start.Line, r.End.Column - r.Start.Column} {
		w.out = binary.AppendVarint(w.out, int64(n))
	}
}

func (w *writer) value(v reflect.Value) {
	if v.Type() == rangeType {
		w.place(v.Interface().(Range))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		n := byte(0)
		if v.Bool() {
			n = 1
		}
		w.out = append(w.out, n)
	case reflect.Int, reflect.Int64:
		w.out = binary.AppendVarint(w.out, v.Int())
	case reflect.Uint8:
		w.out = append(w.out, byte(v.Uint()))
	case reflect.String:
		w.string(v.String())
	case reflect.Slice:
		w.out = binary.AppendUvarint(w.out, uint64(v.Len()))
		for i := range v.Len() {
			w.value(v.Index(i))
		}
	case reflect.Struct:
		set := uint64(0) // most fields of most values are zero
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				set |= 1 << i
			}
		}
		w.out = binary.AppendUvarint(w.out, set)
		for i := range v.NumField() {
			if set>>i&1 == 1 {
				w.value(v.Field(i))
			}
		}
	default:
		panic(fmt.Sprintf("story: a %s can't be encoded", v.Type()))
	}
}

// reader reads what writer wrote.
type reader struct {
	in     []byte
	strs   []string
	failed bool
}

func (r *reader) uint() uint64 {
	n, size := binary.Uvarint(r.in)
	if size <= 0 {
		r.failed = true
		return 0
	}
	r.in = r.in[size:]
	return n
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.in)
	if size <= 0 {
		r.failed = true
		return 0
	}
	r.in = r.in[size:]
	return n
}

func (r *reader) string() string {
	n := r.uint()
	if n >= uint64(len(r.strs)) {
		r.failed = true
		return ""
	}
	return r.strs[n]
}

func (r *reader) place() (place Range) {
	line := r.uint()
	if line == 0 {
		return place
	}
	place.Start.Line = int(line) - 1
	place.File = r.string()
	place.Start.Offset, place.Start.Column = int(r.int()), int(r.int())
	place.End = place.Start
	place.End.Offset += int(r.int())
	place.End.Line += int(r.int())
	place.End.Column += int(r.int())
	return place
}

func (r *reader) value(v reflect.Value) {
	if r.failed {
		return
	}
	if v.Type() == rangeType {
		v.Set(reflect.ValueOf(r.place()))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.uint() == 1)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.int())
	case reflect.Uint8:
		if len(r.in) == 0 {
			r.failed = true
			return
		}
		v.SetUint(uint64(r.in[0]))
		r.in = r.in[1:]
	case reflect.String:
		v.SetString(r.string())
	case reflect.Slice:
		n := r.uint()
		if n == 0 || n > uint64(len(r.in)) { // each element takes a byte at least
			r.failed = r.failed || n > 0
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Struct:
		set := r.uint()
		for i := range v.NumField() {
			if set>>i&1 == 1 {
				r.value(v.Field(i))
			}
		}
	}
}
