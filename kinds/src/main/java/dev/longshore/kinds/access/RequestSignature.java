package dev.longshore.kinds.access;

import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.Optional;

/// Whether a request for a certificate is signed with its own key, and if not, why, in the words of Go's
/// `crypto/x509`.
final class RequestSignature {

    private static final String UNIMPLEMENTED = "x509: cannot verify signature: algorithm unimplemented";
    private static final String PSS = "1.2.840.113549.1.1.10";
    private static final int SHORTEST_RSA = 1024;

    /// Ways to sign: Java's name, and the kind of key.
    private record Way(String name, KeyKind kind) {}

    private enum KeyKind {
        RSA("RSA", "*rsa.PublicKey"),
        ECDSA("EC", "*ecdsa.PublicKey"),
        ED25519("Ed25519", "ed25519.PublicKey"),
        DSA("DSA", "*dsa.PublicKey");

        private final String factory;
        private final String goType;

        KeyKind(String factory, String goType) {
            this.factory = factory;
            this.goType = goType;
        }

        /// As Go calls it.
        private String shown() {
            return this == ED25519 ? "Ed25519" : name();
        }
    }

    private static final Map<String, KeyKind> KEYS = Map.of(
            "1.2.840.113549.1.1.1", KeyKind.RSA,
            "1.2.840.10045.2.1", KeyKind.ECDSA,
            "1.3.101.112", KeyKind.ED25519);

    private static final Map<String, Way> WAYS = Map.ofEntries(
            Map.entry("1.2.840.113549.1.1.5", new Way("SHA1withRSA", KeyKind.RSA)),
            Map.entry("1.3.14.3.2.29", new Way("SHA1withRSA", KeyKind.RSA)),
            Map.entry("1.2.840.113549.1.1.11", new Way("SHA256withRSA", KeyKind.RSA)),
            Map.entry("1.2.840.113549.1.1.12", new Way("SHA384withRSA", KeyKind.RSA)),
            Map.entry("1.2.840.113549.1.1.13", new Way("SHA512withRSA", KeyKind.RSA)),
            Map.entry(PSS, new Way("RSASSA-PSS", KeyKind.RSA)),
            Map.entry("1.2.840.10040.4.3", new Way("SHA1withDSA", KeyKind.DSA)),
            Map.entry("2.16.840.1.101.3.4.3.2", new Way("SHA256withDSA", KeyKind.DSA)),
            Map.entry("1.2.840.10045.4.1", new Way("SHA1withECDSA", KeyKind.ECDSA)),
            Map.entry("1.2.840.10045.4.3.2", new Way("SHA256withECDSA", KeyKind.ECDSA)),
            Map.entry("1.2.840.10045.4.3.3", new Way("SHA384withECDSA", KeyKind.ECDSA)),
            Map.entry("1.2.840.10045.4.3.4", new Way("SHA512withECDSA", KeyKind.ECDSA)),
            Map.entry("1.3.101.112", new Way("Ed25519", KeyKind.ED25519)));

    private RequestSignature() {}

    /// Why `request` is not signed with its own key; empty if it is.
    static Optional<String> fault(SignedRequest request) {
        SignedRequest.Algorithm algorithm = request.algorithm();
        if (algorithm.id().equals("1.2.840.113549.1.1.4")) {
            return Optional.of("x509: cannot verify signature: insecure algorithm MD5-RSA");
        }
        Way way = WAYS.get(algorithm.id());
        KeyKind kind = KEYS.get(request.keyAlgorithm().id());
        boolean hasWrongParameters = algorithm.id().equals("1.3.101.112") && algorithm.parameters().length > 0;
        if (way == null || kind == null || hasWrongParameters) {
            return Optional.of(UNIMPLEMENTED);
        }
        if (way.kind() != kind) {
            return Optional.of("x509: signature algorithm specifies an "
                    + way.kind().shown() + " public key, but have public key of type " + kind.goType);
        }
        return verificationFault(request, way);
    }

    private static Optional<String> verificationFault(SignedRequest request, Way way) {
        String failure =
                switch (way.kind()) {
                    case RSA -> "crypto/rsa: verification error";
                    case ECDSA -> "x509: ECDSA verification failure";
                    case ED25519 -> "x509: Ed25519 verification failure";
                    case DSA -> UNIMPLEMENTED;
                };
        try {
            var verifier = Signature.getInstance(way.name());
            if (request.algorithm().id().equals(PSS)) {
                Optional<PSSParameterSpec> parameters =
                        saltedParameters(request.algorithm().parameters());
                if (parameters.isEmpty()) {
                    return Optional.of(UNIMPLEMENTED);
                }
                verifier.setParameter(parameters.get());
            }
            if (way.kind() == KeyKind.RSA) {
                checkRsa(PublicKeyShape.rsa(request.keyAlgorithm().parameters(), request.keyBits()));
            }
            PublicKey key =
                    KeyFactory.getInstance(way.kind().factory).generatePublic(new X509EncodedKeySpec(request.key()));
            verifier.initVerify(key);
            verifier.update(request.body());
            return verifier.verify(request.signature()) ? Optional.empty() : Optional.of(failure);
        } catch (MalformedDer unfit) {
            return Optional.of(unfit.getMessage());
        } catch (GeneralSecurityException unusable) {
            return Optional.of(failure);
        }
    }

    /// Only those are taken in which every size is that of the digest.
    private static Optional<PSSParameterSpec> saltedParameters(byte[] der) throws GeneralSecurityException {
        PSSParameterSpec wanted;
        try {
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(der);
            wanted = parameters.getParameterSpec(PSSParameterSpec.class);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        int size =
                switch (wanted.getDigestAlgorithm()) {
                    case "SHA-256" -> 32;
                    case "SHA-384" -> 48;
                    case "SHA-512" -> 64;
                    default -> -1;
                };
        boolean isEven = wanted.getMGFParameters() instanceof MGF1ParameterSpec mask
                && mask.getDigestAlgorithm().equals(wanted.getDigestAlgorithm())
                && wanted.getSaltLength() == size
                && wanted.getTrailerField() == 1;
        return isEven ? Optional.of(wanted) : Optional.empty();
    }

    private static void checkRsa(PublicKeyShape.Rsa key) throws MalformedDer {
        int size = key.modulus().bitLength();
        BigInteger exponent = key.exponent();
        PublicKeyShape.require(
                size >= SHORTEST_RSA,
                "crypto/rsa: " + size
                        + "-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)");
        PublicKeyShape.require(key.modulus().testBit(0), "crypto/rsa: public modulus is even");
        PublicKeyShape.require(
                exponent.compareTo(BigInteger.TWO) >= 0, "crypto/rsa: public exponent too small or negative");
        PublicKeyShape.require(exponent.testBit(0), "crypto/rsa: public exponent is even");
        PublicKeyShape.require(exponent.bitLength() < Integer.SIZE, "crypto/rsa: public exponent too large");
    }
}
