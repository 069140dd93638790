package dev.longshore.kinds.cel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/// What a pattern finds in a text. Patterns are RE2's: they take time in proportion to the text, whatever they say.
final class RegexLibrary {

    private static final CelType TEXT = SimpleType.STRING;

    private RegexLibrary() {}

    static List<CelFunction> all() {
        return List.of(
                CelFunction.member("find", TEXT, List.of(TEXT, TEXT), given -> find(given)),
                CelFunction.member("findAll", ListType.create(TEXT), List.of(TEXT, TEXT), given -> findAll(given, -1)),
                CelFunction.member(
                        "findAll",
                        ListType.create(TEXT),
                        List.of(TEXT, TEXT, SimpleType.INT),
                        given -> findAll(given, (Long) given.get(2))));
    }

    private static String find(List<Object> given) {
        Matcher matcher = matcher(given);
        return matcher.find() ? matcher.group() : "";
    }

    private static List<String> findAll(List<Object> given, long most) {
        Matcher matcher = matcher(given);
        var found = new ArrayList<String>();
        while ((most < 0 || found.size() < most) && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    private static Matcher matcher(List<Object> given) {
        try {
            return Pattern.compile((String) given.get(1)).matcher((String) given.get(0));
        } catch (PatternSyntaxException malformed) {
            throw new IllegalArgumentException("Illegal regex: " + malformed.getMessage(), malformed);
        }
    }
}
