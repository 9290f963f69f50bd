// Package fastjson reads the JSON of RocketMQ, which reads and writes it with fastjson: more than JSON in files, less
// in the bodies of answers. Its readers share one scanner:
//
//   - ReadObject reads a file as fastjson2 does, and MisplacedComment finds a comment that fastjson2 refuses in it;
//   - Unmarshal reads the body of an answer.
package fastjson
