package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The key for which a pod shall have a certificate, and the proof that who asks has it: a request signed with it,
/// or, as the first versions had it, the key and a signature of the pod's identity.
final class PodKeyChecks {

    private static final String STUB = "stubPKCS10Request";
    private static final String KEY = "pkixPublicKey";
    private static final String PROOF = "proofOfPossession";
    private static final int MAX_SIZE = 10 * 1024;
    private static final List<Integer> CURVES = List.of(256, 384, 521);
    private static final List<Integer> MODULI = List.of(3072, 4096);
    private static final int HASH = 32;
    private static final String UNKNOWN = "unknown public key type; supported types are Ed25519, ECDSA, and RSA";

    private PodKeyChecks() {}

    static void check(Checks checks, JsonNode spec) {
        boolean hasStub = !Trees.text(spec, STUB).isEmpty();
        boolean hasKey = !Trees.text(spec, KEY).isEmpty();
        boolean hasProof = !Trees.text(spec, PROOF).isEmpty();
        if (hasStub && !hasKey && !hasProof) {
            if (!areTooLong(checks, spec, STUB)) {
                stub(checks, spec);
            }
        } else if (!hasStub && hasKey && hasProof) {
            if (!areTooLong(checks, spec, KEY, PROOF)) {
                key(checks, spec);
            }
        } else {
            checks.invalidUnshown(
                    "spec", "exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set");
        }
    }

    private static boolean areTooLong(Checks checks, JsonNode spec, String... fields) {
        for (String field : fields) {
            if (bytes(spec, field).length > MAX_SIZE) {
                checks.add(Cause.tooLong("spec." + field, MAX_SIZE));
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(JsonNode spec, String field) {
        try {
            return Base64.getDecoder().decode(Trees.text(spec, field));
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static void stub(Checks checks, JsonNode spec) {
        String path = "spec." + STUB;
        Optional<SignedRequest> request = request(bytes(spec, STUB));
        if (request.isEmpty()) {
            checks.invalidUnshown(path, "must be a valid PKCS#10 CSR");
        } else if (isKnown(checks, path, "", parse(request.get().key()))
                && RequestSignature.fault(request.get()).isPresent()) {
            checks.invalidUnshown(path, "invalid signature");
        }
    }

    private static Optional<SignedRequest> request(byte[] der) {
        try {
            return Optional.of(RequestShape.read(der));
        } catch (MalformedDer malformed) {
            return Optional.empty();
        }
    }

    /// The key that `spec` asks a certificate for, if it can be read.
    static Optional<PublicKey> requested(JsonNode spec) {
        return Trees.text(spec, STUB).isEmpty()
                ? parse(bytes(spec, KEY))
                : request(bytes(spec, STUB)).flatMap(request -> parse(request.key()));
    }

    private static Optional<PublicKey> parse(byte[] der) {
        var spec = new X509EncodedKeySpec(der);
        for (String algorithm : List.of("RSA", "EC", "EdDSA", "DSA", "XDH")) {
            try {
                return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(spec));
            } catch (GeneralSecurityException another) {
                // One of the others may read it.
                continue;
            }
        }
        return Optional.empty();
    }

    private static void key(Checks checks, JsonNode spec) {
        String path = "spec." + KEY;
        String shown = Trees.text(spec, KEY);
        Optional<PublicKey> key = parse(bytes(spec, KEY));
        if (key.isEmpty()) {
            checks.invalid(path, shown, "must be a valid PKIX-serialized public key");
        } else if (isKnown(checks, path, shown, key)
                && !proves(key.get(), Trees.text(spec, "podUID"), bytes(spec, PROOF))) {
            checks.invalidUnshown("spec." + PROOF, "could not verify proof-of-possession signature");
        }
    }

    /// @param shown the key as it is told, empty for that of a request, which is not
    private static boolean isKnown(Checks checks, String path, String shown, Optional<PublicKey> key) {
        // All three are taken in either place; only the words differ.
        String curves = shown.isEmpty() ? "P256, P384, or P521" : "P256 or P384";
        switch (key.orElse(null)) {
            case RSAPublicKey rsa
            when !MODULI.contains(size(rsa)) ->
                checks.invalid(path, size(rsa) + "-bit modulus", "RSA keys must have modulus size 3072 or 4096");
            case ECPublicKey elliptic
            when !CURVES.contains(size(elliptic)) ->
                checks.invalid(path, "curve P-" + size(elliptic), "elliptic public keys must use curve " + curves);
            case RSAPublicKey rsa -> {
                return true;
            }
            case ECPublicKey elliptic -> {
                return true;
            }
            case EdECPublicKey edwards -> {
                return true;
            }
            case null, default -> {
                if (shown.isEmpty()) {
                    checks.invalidUnshown(path, UNKNOWN);
                } else {
                    checks.invalid(path, shown, UNKNOWN);
                }
            }
        }
        return false;
    }

    private static int size(RSAPublicKey key) {
        return (key.getModulus().bitLength() + 7) / 8 * 8;
    }

    private static int size(ECPublicKey key) {
        return key.getParams().getCurve().getField().getFieldSize();
    }

    /// Of an RSA signature the salt may be as long as the key allows, as Go makes it, or as the hash.
    private static boolean proves(PublicKey key, String uid, byte[] proof) {
        byte[] signed = uid.getBytes(StandardCharsets.UTF_8);
        return switch (key) {
            case RSAPublicKey rsa -> {
                int most = (rsa.getModulus().bitLength() + 6) / 8 - HASH - 2;
                yield verifies(rsa, signed, proof, most) || verifies(rsa, signed, proof, HASH);
            }
            case ECPublicKey elliptic -> verifies(elliptic, "SHA256withECDSA", signed, proof);
            default -> verifies(key, "EdDSA", signed, proof);
        };
    }

    private static boolean verifies(RSAPublicKey key, byte[] signed, byte[] proof, int salt) {
        try {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
            return verifies(signature, key, signed, proof);
        } catch (GeneralSecurityException unusable) {
            return false;
        }
    }

    private static boolean verifies(PublicKey key, String algorithm, byte[] signed, byte[] proof) {
        try {
            return verifies(Signature.getInstance(algorithm), key, signed, proof);
        } catch (GeneralSecurityException unusable) {
            return false;
        }
    }

    private static boolean verifies(Signature signature, PublicKey key, byte[] signed, byte[] proof)
            throws GeneralSecurityException {
        signature.initVerify(key);
        signature.update(signed);
        return signature.verify(proof);
    }
}
