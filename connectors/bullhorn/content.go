package bullhorn

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
)

// openFile reads a file. Bullhorn wraps it in JSON as base64; it is decoded while
// it comes in and never held whole. (The raw form of the call is documented as
// multipart, without an example.) https://bullhorn.github.io/rest-api-docs/#get-file
func (c *Connector) openFile(ctx context.Context, at string) (io.ReadCloser, error) {
	body, err := c.stream(ctx, request{path: at})
	if err != nil {
		return nil, explain(err, "cannot read the file from Bullhorn")
	}
	in := bufio.NewReader(body)
	if err := seekContent(in); err != nil {
		return nil, errors.Join(broken(err), body.Close())
	}
	return &file{Reader: base64.NewDecoder(base64.StdEncoding, &jsonText{in: in}), body: body}, nil
}

// file is a file that is being read. It is used by one goroutine.
type file struct {
	io.Reader
	body io.Closer
}

// Read gives decoded bytes. A text that ends early is an error, never an end.
func (f *file) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(err)
	}
	return n, err
}

// Close frees the call.
func (f *file) Close() error { return f.body.Close() }

func broken(err error) error {
	var coded *staffing.Error
	if errors.As(err, &coded) {
		return coded
	}
	return staffing.Errorf(staffing.Unavailable, "the file that Bullhorn sent cannot be read: %w", err)
}

var errNoContent = errors.New("there is no fileContent in it")

// seekContent moves behind the opening quote of the member fileContent.
func seekContent(in *bufio.Reader) error {
	for {
		b, err := in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return errNoContent
		case err != nil:
			return err
		case b != '"':
			continue
		}
		name, err := readText(in)
		if err != nil {
			return err
		}
		if name != "fileContent" {
			continue
		}
		if b, err = next(in); err != nil || b != ':' {
			if err == nil {
				err = in.UnreadByte()
			}
			if err != nil {
				return err
			}
			continue // a value of that name
		}
		if b, err = next(in); err != nil || b != '"' {
			return errors.Join(errNoContent, err)
		}
		return nil
	}
}

// readText reads a JSON text to its end; only the beginning of a long one is kept.
func readText(in *bufio.Reader) (string, error) {
	var out []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return "", early(err)
		}
		switch b {
		case '"':
			return string(out), nil
		case '\\':
			if b, err = in.ReadByte(); err != nil {
				return "", early(err)
			}
			b |= 0x80 // an escape: this is not the name that is looked for
		}
		if len(out) < 32 {
			out = append(out, b)
		}
	}
}

func next(in *bufio.Reader) (byte, error) {
	for {
		b, err := in.ReadByte()
		if err != nil || b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return b, early(err)
		}
	}
}

// jsonText gives the bytes of a JSON text up to its closing quote.
type jsonText struct {
	in  *bufio.Reader
	err error
}

// Read implements io.Reader.
func (t *jsonText) Read(p []byte) (n int, err error) {
	for n < len(p) && t.err == nil {
		var b byte
		if b, t.err = t.byte(); t.err == nil {
			p[n] = b
			n++
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, t.err
}

func (t *jsonText) byte() (byte, error) {
	b, err := t.in.ReadByte()
	switch {
	case err != nil:
		return 0, early(err)
	case b == '"':
		return 0, io.EOF
	case b != '\\':
		return b, nil
	}
	if b, err = t.in.ReadByte(); err != nil {
		return 0, early(err)
	}
	switch b {
	case 'n', 'r', 't':
		return '\n', nil // base64 passes over line ends
	case 'u':
		var hex [4]byte
		if _, err := io.ReadFull(t.in, hex[:]); err != nil {
			return 0, early(err)
		}
		n, err := strconv.ParseUint(string(hex[:]), 16, 8)
		return byte(n), err
	}
	return b, nil
}

// early tells an end in the middle from a proper one.
func early(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
