package dev.longshore.kinds.access;

import static dev.longshore.kinds.access.DerReader.SEQUENCE;
import static dev.longshore.kinds.access.DerReader.SET;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads a request for a certificate (PKCS#10, RFC 2986) part by part in the order of Go's `crypto/x509`, for the
/// sake of its complaints.
final class RequestShape {

    private static final int INTEGER = 2;
    private static final int BITS = 3;
    private static final int OCTETS = 4;
    private static final int OBJECT_ID = 6;
    private static final int FLAG = 1;
    private static final int WIDE_TEXT = 30;
    private static final String ORGANIZATION = "2.5.4.10";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String EXTENSIONS = "1.2.840.113549.1.9.14";
    private static final String OTHER_NAMES = "2.5.29.17";

    private RequestShape() {}

    /// The request in `bytes`. What is signed in it is another question.
    static SignedRequest read(byte[] bytes) throws MalformedDer {
        var outside = new DerReader(bytes);
        var whole =
                new DerReader(outside.read(SEQUENCE, true, "certificateRequest").inside());
        DerReader.Value body = whole.read(SEQUENCE, true, "tbsCertificateRequest");
        var request = new DerReader(body.inside());
        DerValues.integer(request.read(INTEGER, false, "int").inside());
        DerReader.Value subject = request.readAny();
        DerReader.Value keyInfo = request.read(SEQUENCE, true, "publicKeyInfo");
        var key = new DerReader(keyInfo.inside());
        SignedRequest.Algorithm keyAlgorithm = algorithm(key);
        byte[] keyBits = bits(key);
        List<DerReader.Value> attributes =
                new DerReader(request.readTaggedZero().inside()).readAll(OptionalInt.empty());
        SignedRequest.Algorithm algorithm = algorithm(whole);
        byte[] signature = bits(whole);
        if (!outside.isAtEnd()) {
            throw MalformedDer.syntax("trailing data");
        }
        PublicKeyShape.check(keyAlgorithm, keyBits);
        subject(subject.whole());
        extensions(attributes);
        return new SignedRequest(body.whole(), keyInfo.whole(), keyAlgorithm, keyBits, algorithm, signature);
    }

    /// The organizations, which are groups, in the subject of the request in `bytes`.
    static List<String> organizations(byte[] bytes) throws MalformedDer {
        return subject(bytes, ORGANIZATION);
    }

    /// The common names, of which the last counts, in the subject of the request in `bytes`.
    static List<String> commonNames(byte[] bytes) throws MalformedDer {
        return subject(bytes, COMMON_NAME);
    }

    private static List<String> subject(byte[] bytes, String wanted) throws MalformedDer {
        var whole = new DerReader(
                new DerReader(bytes).read(SEQUENCE, true, "certificateRequest").inside());
        var request = new DerReader(
                whole.read(SEQUENCE, true, "tbsCertificateRequest").inside());
        request.read(INTEGER, false, "int");
        byte[] names = request.read(SEQUENCE, true, "RDNSequence").inside();
        var found = new ArrayList<String>();
        for (DerReader.Value set : new DerReader(names).readAll(OptionalInt.of(SET))) {
            for (DerReader.Value pair : new DerReader(set.inside()).readAll(OptionalInt.of(SEQUENCE))) {
                var name = new DerReader(pair.inside());
                String id = DerValues.objectId(
                        name.read(OBJECT_ID, false, "ObjectIdentifier").inside());
                if (id.equals(wanted)) {
                    DerReader.Value text = name.readAny();
                    found.add(new String(
                            text.inside(), text.header().tag() == WIDE_TEXT ? StandardCharsets.UTF_16BE : UTF_8));
                }
            }
        }
        return found;
    }

    private static SignedRequest.Algorithm algorithm(DerReader reader) throws MalformedDer {
        var inside =
                new DerReader(reader.read(SEQUENCE, true, "AlgorithmIdentifier").inside());
        String id = DerValues.objectId(
                inside.read(OBJECT_ID, false, "ObjectIdentifier").inside());
        return new SignedRequest.Algorithm(
                id, inside.isAtEnd() ? new byte[0] : inside.readAny().whole());
    }

    private static byte[] bits(DerReader reader) throws MalformedDer {
        byte[] bits = reader.read(BITS, false, "BitString").inside();
        DerValues.bits(bits);
        return aligned(bits);
    }

    /// The bits as bytes, without those left over at the end.
    private static byte[] aligned(byte[] bits) {
        int left = bits[0];
        byte[] bytes = Arrays.copyOfRange(bits, 1, bits.length);
        for (int i = bytes.length - 1; i >= 0 && left > 0; i--) {
            int above = i > 0 ? bytes[i - 1] << 8 - left : 0;
            bytes[i] = (byte) ((bytes[i] & 0xff) >> left | above);
        }
        return bytes;
    }

    private static void subject(byte[] subject) throws MalformedDer {
        byte[] names =
                new DerReader(subject).read(SEQUENCE, true, "RDNSequence").inside();
        for (DerReader.Value set : new DerReader(names).readAll(OptionalInt.of(SET))) {
            for (DerReader.Value pair : new DerReader(set.inside()).readAll(OptionalInt.of(SEQUENCE))) {
                var name = new DerReader(pair.inside());
                DerValues.objectId(
                        name.read(OBJECT_ID, false, "ObjectIdentifier").inside());
                DerValues.check(name.readAny());
            }
        }
    }

    private static void extensions(List<DerReader.Value> attributes) throws MalformedDer {
        var seen = new HashSet<String>();
        Optional<byte[]> otherNames = Optional.empty();
        for (DerReader.Value attribute : attributes) {
            Optional<byte[]> asked = asked(attribute.whole());
            if (asked.isEmpty()) {
                continue;
            }
            byte[] list = new DerReader(asked.get()).read(SEQUENCE, true, "").inside();
            for (DerReader.Value one : new DerReader(list).readAll(OptionalInt.of(SEQUENCE))) {
                var extension = new DerReader(one.inside());
                String id = DerValues.objectId(
                        extension.read(OBJECT_ID, false, "ObjectIdentifier").inside());
                byte[] value = extensionValue(extension);
                if (!seen.add(id)) {
                    throw MalformedDer.of("x509: certificate request contains duplicate requested extensions");
                }
                if (id.equals(OTHER_NAMES)) {
                    otherNames = Optional.of(value);
                }
            }
        }
        if (otherNames.isPresent()) {
            OtherNames.check(otherNames.get());
        }
    }

    /// What stands behind the name of an extension: perhaps whether it is critical, and its value.
    private static byte[] extensionValue(DerReader extension) throws MalformedDer {
        if (extension.peek().is(FLAG, false)) {
            DerValues.flag(extension.readAny().inside());
        }
        return extension.read(OCTETS, false, "").inside();
    }

    /// The first value of an attribute that asks for extensions; others, and what is none, are passed over.
    private static Optional<byte[]> asked(byte[] attribute) {
        try {
            var outside = new DerReader(attribute);
            var inside = new DerReader(outside.read(SEQUENCE, true, "").inside());
            String id = DerValues.objectId(
                    inside.read(OBJECT_ID, false, "ObjectIdentifier").inside());
            List<DerReader.Value> values =
                    new DerReader(inside.read(SET, true, "").inside()).readAll(OptionalInt.empty());
            boolean isAsked = id.equals(EXTENSIONS) && !values.isEmpty();
            return isAsked ? Optional.of(values.getFirst().whole()) : Optional.empty();
        } catch (MalformedDer other) {
            return Optional.empty();
        }
    }
}
