package fastjson

// Redact is a decoded value with mask in the place of its secrets, and its texts as shown makes them, at any depth.
func Redact(value any, secret func(key string) bool, mask string, shown func(text string) string) any {
	switch v := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for key, member := range v {
			if object[key] = Redact(member, secret, mask, shown); secret(key) {
				object[key] = mask
			}
		}
		return object
	case []any:
		array := make([]any, len(v))
		for i, element := range v {
			array[i] = Redact(element, secret, mask, shown)
		}
		return array
	case string:
		return shown(v)
	}
	return value
}
