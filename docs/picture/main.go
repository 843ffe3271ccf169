// Picture turns the screen of a terminal, as tmux capture-pane -e prints it,
// into an SVG.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	cellWidth, cellHeight = 8.4, 18
	margin                = 12
	background            = "#1e2127"
	foreground            = "#d4d4d4"
)

func main() {
	columns := flag.Int("columns", 80, "width of the terminal")
	flag.Parse()
	if err := convert(os.Stdin, os.Stdout, *columns); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

// style is how a cell looks; empty colours are the terminal's own.
type style struct {
	fg, bg, line             string // line is the colour of the underline
	bold, italic, under, neg bool
}

func convert(r io.Reader, w io.Writer, columns int) error {
	var body strings.Builder
	rows := 0
	var s style
	in := bufio.NewScanner(r)
	for in.Scan() {
		row(&body, &s, in.Text(), rows)
		rows++
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("reading the screen: %w", err)
	}
	width, height := float64(columns)*cellWidth+2*margin, rows*cellHeight+2*margin
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d">
<rect width="100%%" height="100%%" rx="8" fill="%s"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">
%s</g>
</svg>
`, width, height, width, height, background, body.String())
	if err != nil {
		return fmt.Errorf("writing the picture: %w", err)
	}
	return nil
}

// row draws one line of the screen; s is carried from line to line.
func row(body *strings.Builder, s *style, line string, number int) {
	column := 0
	for line != "" {
		if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
			codes, after, _ := strings.Cut(rest, "m")
			s.apply(codes)
			line = after
			continue
		}
		end := strings.IndexByte(line, 0x1b)
		if end < 0 {
			end = len(line)
		}
		draw(body, *s, line[:end], column, number)
		column += utf8.RuneCountInString(line[:end])
		line = line[end:]
	}
}

func draw(body *strings.Builder, s style, text string, column, row int) {
	fg, bg := s.fg, s.bg
	if fg == "" {
		fg = foreground
	}
	if s.neg {
		if bg == "" {
			bg = background
		}
		fg, bg = bg, fg
	}
	x, y := margin+float64(column)*cellWidth, margin+row*cellHeight
	width := float64(utf8.RuneCountInString(text)) * cellWidth
	if bg != "" && bg != background {
		fmt.Fprintf(body, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", x, y, width, cellHeight, bg)
	}
	if s.under {
		line := s.line
		if line == "" {
			line = fg
		}
		fmt.Fprintf(body, `<rect x="%.1f" y="%d" width="%.1f" height="1.5" fill="%s"/>`+"\n", x, y+16, width, line)
	}
	trimmed := strings.TrimLeft(text, " ")
	x += float64(len(text)-len(trimmed)) * cellWidth
	trimmed = strings.TrimRight(trimmed, " ")
	if trimmed == "" {
		return
	}
	attributes := ""
	if s.bold {
		attributes += ` font-weight="bold"`
	}
	if s.italic {
		attributes += ` font-style="italic"`
	}
	fmt.Fprintf(body, `<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`+"\n",
		x, y+13, float64(utf8.RuneCountInString(trimmed))*cellWidth, fg, attributes, html.EscapeString(trimmed))
}

// apply changes the style by the parameters of an SGR sequence.
func (s *style) apply(codes string) {
	parts := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' })
	if len(parts) == 0 {
		*s = style{}
	}
	for len(parts) > 0 {
		first := parts[0]
		parts = parts[1:]
		code, shape, _ := strings.Cut(first, ":")
		n, err := strconv.Atoi(code)
		if err != nil {
			continue
		}
		switch {
		case n == 0:
			*s = style{}
		case n == 1:
			s.bold = true
		case n == 3:
			s.italic = true
		case n == 4:
			s.under = shape != "0"
		case n == 7:
			s.neg = true
		case n == 22:
			s.bold = false
		case n == 23:
			s.italic = false
		case n == 24:
			s.under = false
		case n == 27:
			s.neg = false
		case n == 38:
			s.fg, parts = colour(shape, parts)
		case n == 48:
			s.bg, parts = colour(shape, parts)
		case n == 58:
			s.line, parts = colour(shape, parts)
		case n == 39:
			s.fg = ""
		case n == 49:
			s.bg = ""
		case n == 59:
			s.line = ""
		case 30 <= n && n <= 37:
			s.fg = palette(n - 30)
		case 40 <= n && n <= 47:
			s.bg = palette(n - 40)
		case 90 <= n && n <= 97:
			s.fg = palette(n - 90 + 8)
		case 100 <= n && n <= 107:
			s.bg = palette(n - 100 + 8)
		}
	}
}

// colour reads an extended colour, whose parameters stand behind colons in
// shape or are the next of parts, and returns what of parts is left.
func colour(shape string, parts []string) (string, []string) {
	args := parts
	if shape != "" {
		args = strings.FieldsFunc(shape, func(r rune) bool { return r == ':' })
	}
	var values []int
	for _, a := range args[:min(len(args), 5)] {
		n, _ := strconv.Atoi(a)
		values = append(values, n)
	}
	used, name := 0, ""
	switch {
	case len(values) >= 2 && values[0] == 5:
		used, name = 2, palette(values[1])
	case len(values) >= 4 && values[0] == 2:
		used, name = 4, fmt.Sprintf("#%02x%02x%02x", values[1], values[2], values[3])
	}
	if shape != "" {
		used = 0
	}
	return name, parts[used:]
}

// palette returns a colour of xterm's 256.
func palette(n int) string {
	base := [...]string{
		"#282c34", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
		"#5c6370", "#ff7a85", "#b5e890", "#ffd68a", "#8cc8ff", "#dfa0f0", "#7fd7e2", "#ffffff",
	}
	switch {
	case n < 16:
		return base[max(n, 0)]
	case n < 232:
		level := func(v int) int {
			if v == 0 {
				return 0
			}
			return 55 + 40*v
		}
		n -= 16
		return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
	default:
		v := 8 + 10*(n-232)
		return fmt.Sprintf("#%02x%02x%02x", v, v, v)
	}
}
