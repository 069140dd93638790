package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.longshore.kinds.kit.GoUrl;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Times;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Formats of texts by name, and whether texts are of them.
final class FormatLibrary {

    private static final CelType TEXT = SimpleType.STRING;
    private static final CelType FORMAT = CelFunction.FORMAT;
    private static final Pattern UUID =
            Pattern.compile("\\p{XDigit}{8}-?\\p{XDigit}{4}-?\\p{XDigit}{4}-?\\p{XDigit}{4}-?\\p{XDigit}{12}");
    private static final Pattern DATE = Pattern.compile("\\d{4}-(0\\d|1[0-2])-([0-2]\\d|3[01])");

    private FormatLibrary() {}

    /// A format.
    ///
    /// @param check what is wrong with a text; nothing if it is of the format
    record Format(String name, Function<String, List<String>> check) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Format format && format.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    private static final List<Format> FORMATS = List.of(
            new Format("dns1123Label", NameRule.DNS_LABEL::check),
            new Format("dns1123Subdomain", NameRule.DNS_SUBDOMAIN::check),
            new Format("dns1035Label", NameRule.DNS_1035_LABEL::check),
            new Format("qualifiedName", MetadataRules::qualifiedName),
            new Format("dns1123LabelPrefix", NameRule.DNS_LABEL::checkPrefix),
            new Format("dns1123SubdomainPrefix", NameRule.DNS_SUBDOMAIN::checkPrefix),
            new Format("dns1035LabelPrefix", NameRule.DNS_1035_LABEL::checkPrefix),
            new Format("labelValue", MetadataRules::labelValue),
            new Format("uri", FormatLibrary::uri),
            new Format("uuid", text -> orSay(UUID.matcher(text).matches(), "does not match the UUID format")),
            new Format("byte", FormatLibrary::base64),
            new Format("date", text -> orSay(DATE.matcher(text).matches(), "invalid date")),
            new Format("datetime", text -> orSay(Times.parse(text).isPresent(), "invalid datetime")));

    static List<CelFunction> all() {
        var all = new ArrayList<CelFunction>();
        for (Format format : FORMATS) {
            all.add(CelFunction.global("format." + format.name, FORMAT, List.of(), given -> format));
        }
        all.add(CelFunction.global(
                "format.named",
                OptionalType.create(FORMAT),
                List.of(TEXT),
                given -> FORMATS.stream()
                        .filter(format -> format.name.equals(given.getFirst()))
                        .findFirst()));
        all.add(CelFunction.member(
                "validate",
                OptionalType.create(ListType.create(TEXT)),
                List.of(FORMAT, TEXT),
                given -> Optional.of(((Format) given.getFirst()).check.apply((String) given.get(1)))
                        .filter(faults -> !faults.isEmpty())));
        return all;
    }

    private static List<String> orSay(boolean isSo, String otherwise) {
        return isSo ? List.of() : List.of(otherwise);
    }

    private static List<String> uri(String text) {
        try {
            GoUrl.parse(text);
            return List.of();
        } catch (GoUrl.Malformed malformed) {
            return List.of(malformed.getMessage());
        }
    }

    private static List<String> base64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return List.of();
        } catch (IllegalArgumentException none) {
            return List.of("invalid base64");
        }
    }
}
