package dev.longshore.network.dns;

import java.util.Locale;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/// Domain names and their spelling.
final class Names {

    private Names() {}

    /// The name that `text`, which ends with a dot, spells.
    ///
    /// @throws IllegalArgumentException when it spells none
    static Name of(String text) {
        try {
            return Name.fromString(text, Name.root);
        } catch (TextParseException wrong) {
            throw new IllegalArgumentException("not a domain name: " + text, wrong);
        }
    }

    /// As keys are spelt: in lower case, with the last dot.
    static String key(Name name) {
        return name.toString().toLowerCase(Locale.ROOT);
    }
}
