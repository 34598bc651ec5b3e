package mail

import (
	"errors"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

func asSendError(err error, to **gomail.SendError) bool { return errors.As(err, to) }

// isAuth says that the server refused who we are: 530 to 538 are its codes for that.
func isAuth(err error) bool {
	var p *textproto.Error
	return errors.As(err, &p) && p.Code >= 530 && p.Code <= 538
}
