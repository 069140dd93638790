package dev.longshore.kinds.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// One field of a message.
///
/// @param name as JSON has it; `~` if the message's own fields stand in its place
/// @param message the full name of the message it holds; empty for plain values
/// @param isPointer whether its empty value differs from its absence
/// @param isAlways whether JSON has it even when it is empty
record Field(
        int number,
        String name,
        Type type,
        String message,
        boolean isRepeated,
        boolean isMap,
        boolean isPointer,
        boolean isAlways) {

    /// How a value looks: a plain one, a message of the table, or one of those that JSON spells in its own way.
    enum Type {
        TEXT("s", ""),
        INTEGER("i", ""),
        FLAG("b", ""),
        REAL("d", ""),
        BYTES("y", ""),
        MESSAGE("", ""),
        QUANTITY("", "Quantity"),
        NUMBER_OR_TEXT("", "IntOrString"),
        TIME("", "Time"),
        MICRO_TIME("", "MicroTime"),
        /// Bytes that are JSON, or another enveloped object.
        RAW("", "RawExtension"),
        FIELD_SET("", "FieldsV1"),
        JSON("", "JSON"),
        /// A message that holds nothing but a list of texts, which is all that JSON shows.
        TEXTS("", "ExtraValue"),
        VERBS("", "Verbs"),
        SCHEMA_OR_LIST("", "JSONSchemaPropsOrArray"),
        SCHEMA_OR_FLAG("", "JSONSchemaPropsOrBool"),
        SCHEMA_OR_TEXTS("", "JSONSchemaPropsOrStringArray");

        private final String letter;
        private final String messageName;

        Type(String letter, String messageName) {
            this.letter = letter;
            this.messageName = messageName;
        }

        private static Type ofLetter(String letter) {
            return Arrays.stream(values())
                    .filter(type -> type.letter.equals(letter))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("an unknown type: " + letter));
        }

        private static Type ofMessage(String fullName) {
            String simple = fullName.substring(fullName.lastIndexOf('.') + 1);
            return Optional.ofNullable(BY_MESSAGE.get(simple)).orElse(MESSAGE);
        }

        private static final Map<String, Type> BY_MESSAGE = Arrays.stream(values())
                .filter(type -> !type.messageName.isEmpty())
                .collect(java.util.stream.Collectors.toUnmodifiableMap(type -> type.messageName, type -> type));

        /// The wire type that values of this type have.
        int wireType() {
            return switch (this) {
                case INTEGER, FLAG -> WireReader.VARINT;
                case REAL -> WireReader.FIXED64;
                default -> WireReader.BYTES;
            };
        }
    }

    boolean isInline() {
        return name.equals("~");
    }

    /// The field that `text`, a piece of the table, tells of.
    static Field parse(String text, String inPackage) {
        String[] parts = text.split(":", 3);
        String type = parts[2];
        boolean isPointer = type.startsWith("?");
        boolean isAlways = type.startsWith("!");
        if (isPointer || isAlways) {
            type = type.substring(1);
        }
        boolean isMap = type.startsWith("{");
        boolean isRepeated = type.endsWith("*");
        if (isMap) {
            type = type.substring(1, type.length() - 1);
        } else if (isRepeated) {
            type = type.substring(0, type.length() - 1);
        }
        String message =
                type.startsWith("@.") ? inPackage + type.substring(1) : type.startsWith("@") ? type.substring(1) : "";
        return new Field(
                Integer.parseInt(parts[0]),
                parts[1],
                message.isEmpty() ? Type.ofLetter(type) : Type.ofMessage(message),
                message,
                isRepeated,
                isMap,
                isPointer,
                isAlways);
    }
}
