package dev.longshore.base;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/// Reads scalars as [GoScalar] says.
final class GoSchema extends JsonSchema {

    private static final String MERGE = "<<";

    @Override
    public ScalarResolver getScalarResolver() {
        return (text, isPlain) -> {
            if (!isPlain) {
                return Tag.STR;
            }
            if (text.equals(MERGE)) {
                return Tag.MERGE;
            }
            return switch (GoScalar.of(text)) {
                case GoScalar.Null() -> Tag.NULL;
                case GoScalar.Flag _ -> Tag.BOOL;
                case GoScalar.Whole _ -> Tag.INT;
                case GoScalar.Real _ -> Tag.FLOAT;
                case GoScalar.Text _ -> Tag.STR;
            };
        };
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
        var constructors = new HashMap<>(super.getSchemaTagConstructors());
        for (Tag tag : new Tag[] {Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT}) {
            constructors.put(tag, node -> value(node, tag));
        }
        // Where it is no key it is a text.
        constructors.put(Tag.MERGE, node -> ((ScalarNode) node).getValue());
        return constructors;
    }

    private static Object value(Node node, Tag wanted) {
        String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
        return switch (GoScalar.of(text)) {
            case GoScalar.Null() when wanted.equals(Tag.NULL) -> null;
            case GoScalar.Flag(boolean flag) when wanted.equals(Tag.BOOL) -> flag;
            case GoScalar.Whole(var number) when wanted.equals(Tag.INT) || wanted.equals(Tag.FLOAT) -> narrow(number);
            case GoScalar.Real(double number) when wanted.equals(Tag.FLOAT) -> number;
            case GoScalar other ->
                throw new YamlEngineException(
                        "cannot decode %s `%s` as a %s".formatted(name(other), text, name(wanted)));
        };
    }

    /// In the narrowest type that holds it, as trees have them.
    private static Number narrow(BigInteger number) {
        int bits = number.bitLength();
        if (bits < Integer.SIZE) {
            return number.intValue();
        }
        return bits < Long.SIZE ? (Number) number.longValue() : number;
    }

    private static String name(GoScalar scalar) {
        return switch (scalar) {
            case GoScalar.Null() -> "!!null";
            case GoScalar.Flag _ -> "!!bool";
            case GoScalar.Whole _ -> "!!int";
            case GoScalar.Real _ -> "!!float";
            case GoScalar.Text _ -> "!!str";
        };
    }

    private static String name(Tag tag) {
        return "!!" + tag.getValue().substring(Tag.PREFIX.length());
    }
}
