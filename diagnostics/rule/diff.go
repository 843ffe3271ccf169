package rule

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// lineEdits returns edits of whole lines that turn one text, which stands at
// the offset, into another.
func lineEdits(tf *token.File, offset int, before, after []byte) []analysis.TextEdit {
	a, b := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(after), "\n")
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for _, line := range a[:head] {
		offset += len(line)
	}
	var edits []analysis.TextEdit
	for _, h := range hunks(a[head:len(a)-tail], b[head:len(b)-tail]) {
		start := offset + h.skip
		edits = append(edits, analysis.TextEdit{Pos: tf.Pos(start), End: tf.Pos(start + h.old), NewText: []byte(h.text)})
		offset = start + h.old
	}
	return edits
}

// hunk is one difference: after skip bytes, old bytes become text.
type hunk struct {
	skip, old int
	text      string
}

// hunks compares lines by their longest common subsequence. Long stretches
// are taken as one difference: they are rare, and the table would be large.
func hunks(a, b []string) []hunk {
	const largest = 1 << 20
	if len(a)*len(b) > largest {
		return []hunk{{0, len(strings.Join(a, "")), strings.Join(b, "")}}
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []hunk
	var current hunk
	open := false
	flush := func() {
		if open {
			out = append(out, current)
			current, open = hunk{}, false
		}
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			current.skip += len(a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			open = true
			current.old += len(a[i])
			i++
		default:
			open = true
			current.text += b[j]
			j++
		}
	}
	flush()
	return out
}
