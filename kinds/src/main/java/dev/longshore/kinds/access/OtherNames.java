package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.GoUrl;
import dev.longshore.model.Cause;
import java.nio.charset.StandardCharsets;

/// The other names of a certificate's subject (RFC 5280, 4.2.1.6), as far as Go's `crypto/x509` judges them.
final class OtherNames {

    private static final int MAIL = 0x81;
    private static final int DNS = 0x82;
    private static final int URI = 0x86;
    private static final int ADDRESS = 0x87;
    private static final int CONTEXT = 2;

    private OtherNames() {}

    static void check(byte[] extension) throws MalformedDer {
        DerReader names;
        try {
            names = new DerReader(
                    new DerReader(extension).read(DerReader.SEQUENCE, true, "").inside());
        } catch (MalformedDer noSequence) {
            throw MalformedDer.of("x509: invalid subject alternative names");
        }
        while (!names.isAtEnd()) {
            check(next(names));
        }
    }

    private static DerReader.Value next(DerReader names) throws MalformedDer {
        try {
            return names.readAny();
        } catch (MalformedDer noValue) {
            throw MalformedDer.of("x509: invalid subject alternative name");
        }
    }

    private static void check(DerReader.Value name) throws MalformedDer {
        String text = new String(name.inside(), StandardCharsets.ISO_8859_1);
        if (name.header().kind() != CONTEXT || name.header().compound()) {
            return;
        }
        switch (0x80 | name.header().tag()) {
            case MAIL -> plain(text, "rfc822Name");
            case DNS -> plain(text, "dNSName");
            case URI -> uri(text);
            case ADDRESS -> {
                if (text.length() != 4 && text.length() != 16) {
                    throw MalformedDer.of("x509: cannot parse IP address of length " + text.length());
                }
            }
            default -> {}
        }
    }

    private static void plain(String text, String kind) throws MalformedDer {
        if (text.chars().anyMatch(letter -> letter >= 0x80)) {
            throw MalformedDer.of("x509: SAN " + kind + " is malformed");
        }
    }

    private static void uri(String text) throws MalformedDer {
        plain(text, "uniformResourceIdentifier");
        String fault = "x509: cannot parse URI " + Cause.quote(text) + ": ";
        try {
            if (!isDomain(GoUrl.parse(text).host())) {
                throw MalformedDer.of(fault + "invalid domain");
            }
        } catch (GoUrl.Malformed malformed) {
            throw MalformedDer.of(fault + malformed.getMessage());
        }
    }

    private static boolean isDomain(String host) {
        boolean isPrinted = host.chars().allMatch(letter -> letter > ' ' && letter < 0x7f);
        return host.isEmpty() || isPrinted && !host.startsWith(".") && !host.endsWith(".") && !host.contains("..");
    }
}
