package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import dev.longshore.kinds.wire.Message.Place;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Turns JSON into messages while reading it: no tree, no second look. Fields stand in the order that JSON has.
///
/// A message whose fields stand inline in JSON is written piece by piece, one piece for each of its fields: readers
/// of protobuf merge the pieces. What the message does not know is left out, as are nulls; what JSON leaves out is
/// left out here, and readers see the empty value that Go has in its place.
final class MessageWriter {

    private final Messages messages;
    private final WireWriter out;
    private final JsonParser json;

    /// @param json stands at the value to be written
    MessageWriter(Messages messages, JsonParser json, WireWriter out) {
        this.messages = messages;
        this.json = json;
        this.out = out;
    }

    /// Writes the object at which the parser stands, without its length.
    void object(Message message) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            Optional<Place> place = message.place(json.currentName());
            json.nextToken();
            if (place.isEmpty() || json.currentToken() == JsonToken.VALUE_NULL) {
                json.skipChildren();
            } else {
                placed(place.get(), 0);
            }
        }
    }

    private void placed(Place place, int depth) {
        if (depth == place.enclosing().size()) {
            field(place.field());
            return;
        }
        out.tag(place.enclosing().get(depth).number(), WireReader.BYTES);
        int start = out.begin();
        placed(place, depth + 1);
        out.end(start);
    }

    private void field(Field field) {
        if (field.isMap()) {
            map(field);
        } else if (field.isRepeated()) {
            list(field);
        } else {
            single(field);
        }
    }

    private void list(Field field) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            single(field);
        }
    }

    private void map(Field field) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            out.tag(field.number(), WireReader.BYTES);
            int start = out.begin();
            out.tag(1, WireReader.BYTES);
            out.text(json.currentName());
            json.nextToken();
            out.tag(2, field.type().wireType());
            value(field);
            out.end(start);
        }
    }

    private void single(Field field) {
        out.tag(field.number(), field.type().wireType());
        value(field);
    }

    private void value(Field field) {
        switch (field.type()) {
            case TEXT -> text();
            case INTEGER -> out.varint(integer());
            case FLAG -> out.varint(json.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
            case REAL -> out.fixed64(json.getValueAsDouble());
            case BYTES -> out.bytes(base64());
            default -> {
                int start = out.begin();
                nested(field);
                out.end(start);
            }
        }
    }

    private void nested(Field field) {
        switch (field.type()) {
            case MESSAGE -> object(messages.find(field.message()));
            case QUANTITY -> {
                out.tag(1, WireReader.BYTES);
                text();
            }
            case NUMBER_OR_TEXT -> numberOrText();
            case TIME -> WrittenTime.seconds(json.getValueAsString("")).ifPresent(time -> time.write(out));
            case MICRO_TIME -> WrittenTime.micros(json.getValueAsString("")).ifPresent(time -> time.write(out));
            case RAW, FIELD_SET, JSON -> {
                out.tag(1, WireReader.BYTES);
                out.bytes(asJson());
            }
            case TEXTS, VERBS -> texts(1);
            case SCHEMA_OR_LIST, SCHEMA_OR_FLAG, SCHEMA_OR_TEXTS -> schemaOr(field);
            default -> throw new IllegalStateException("no message: " + field);
        }
    }

    private void text() {
        if (json.currentToken() == JsonToken.VALUE_STRING && json.hasStringCharacters()) {
            out.text(json.getStringCharacters(), json.getStringOffset(), json.getStringLength());
        } else {
            out.text(json.getValueAsString(""));
            json.skipChildren();
        }
    }

    private long integer() {
        return json.currentToken() == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : json.getValueAsLong();
    }

    private byte[] base64() {
        try {
            return Base64.getDecoder().decode(json.getValueAsString(""));
        } catch (IllegalArgumentException notBase64) {
            throw new Json.MalformedException("protobuf: illegal base64 data", notBase64);
        }
    }

    private void numberOrText() {
        boolean isNumber = json.currentToken().isNumeric();
        out.tag(1, WireReader.VARINT);
        out.varint(isNumber ? 0 : 1);
        out.tag(2, WireReader.VARINT);
        out.varint(isNumber ? integer() : 0);
        out.tag(3, WireReader.BYTES);
        if (isNumber) {
            out.text("");
        } else {
            text();
        }
    }

    /// The value with all that is in it, as compact JSON.
    private byte[] asJson() {
        var copy = new ByteArrayOutputStream();
        try (JsonGenerator generator = Json.mapper().createGenerator(copy)) {
            generator.copyCurrentStructure(json);
        }
        return copy.toByteArray();
    }

    private void texts(int number) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            out.tag(number, WireReader.BYTES);
            text();
        }
    }

    /// A schema (field 1), or what may stand in its place: schemas, texts (field 2) or a flag (field 1, the schema is
    // 2).
    private void schemaOr(Field field) {
        boolean orFlag = field.type() == Field.Type.SCHEMA_OR_FLAG;
        Message schema = messages.find(field.message().replaceFirst("Or[A-Z].*$", ""));
        if (json.currentToken() == JsonToken.START_OBJECT) {
            if (orFlag) {
                out.tag(1, WireReader.VARINT);
                out.varint(1);
            }
            out.tag(orFlag ? 2 : 1, WireReader.BYTES);
            nested(schema);
        } else if (orFlag) {
            out.tag(1, WireReader.VARINT);
            out.varint(json.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
        } else if (field.type() == Field.Type.SCHEMA_OR_TEXTS) {
            texts(2);
        } else {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                out.tag(2, WireReader.BYTES);
                nested(schema);
            }
        }
    }

    private void nested(Message message) {
        int start = out.begin();
        object(message);
        out.end(start);
    }
}
