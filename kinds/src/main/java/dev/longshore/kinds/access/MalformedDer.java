package dev.longshore.kinds.access;

/// Why bytes are not what they should be, in the words of Go's readers of ASN.1 and X.509; it ends the reading.
final class MalformedDer extends Exception {

    private static final long serialVersionUID = 1L;

    private MalformedDer(String message) {
        super(message);
    }

    static MalformedDer syntax(String why) {
        return new MalformedDer("asn1: syntax error: " + why);
    }

    static MalformedDer structure(String why) {
        return new MalformedDer("asn1: structure error: " + why);
    }

    static MalformedDer of(String message) {
        return new MalformedDer(message);
    }
}
