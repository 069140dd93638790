package dev.longshore.kubelet.volumes;

import dev.longshore.base.Der;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/// A new key, and a request for a certificate (PKCS#10, RFC 2986) that says nothing but that whoever made it has the
/// key.
///
/// @param key PKCS#8 in PEM
/// @param request in DER
record KeyProof(String key, byte[] request) {

    private static final int ATTRIBUTES = 0xA0;
    private static final byte[] NULL = {5, 0};

    /// The algorithms of signatures, as DER has their numbers.
    private enum Kind {
        RSA("SHA256withRSA", "06092a864886f70d01010b", true),
        P256("SHA256withECDSA", "06082a8648ce3d040302", false),
        P384("SHA384withECDSA", "06082a8648ce3d040303", false),
        P521("SHA512withECDSA", "06082a8648ce3d040304", false),
        ED25519("Ed25519", "06032b6570", false);

        private final String signature;
        private final byte[] id;

        Kind(String signature, String id, boolean hasNull) {
            this.signature = signature;
            byte[] number = java.util.HexFormat.of().parseHex(id);
            this.id = Der.value(Der.SEQUENCE, hasNull ? Der.joined(number, NULL) : number);
        }
    }

    /// Of the type that a pod asks for, as `ECDSAP256`.
    ///
    /// @throws VolumeException when there is no such type
    static KeyProof of(String type, SecureRandom randomness) {
        try {
            return switch (type) {
                case "RSA3072" -> of(rsa(3072, randomness), Kind.RSA);
                case "RSA4096" -> of(rsa(4096, randomness), Kind.RSA);
                case "ECDSAP256" -> of(curve("secp256r1", randomness), Kind.P256);
                case "ECDSAP384" -> of(curve("secp384r1", randomness), Kind.P384);
                case "ECDSAP521" -> of(curve("secp521r1", randomness), Kind.P521);
                case "ED25519" -> of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), Kind.ED25519);
                default -> throw new VolumeException("unknown key type \"" + type + "\"");
            };
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + type, missing);
        }
    }

    private static KeyPair rsa(int bits, SecureRandom randomness) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits, randomness);
        return generator.generateKeyPair();
    }

    private static KeyPair curve(String name, SecureRandom randomness) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(name), randomness);
        return generator.generateKeyPair();
    }

    private static KeyProof of(KeyPair keys, Kind kind) throws GeneralSecurityException {
        byte[] subject = Der.value(Der.SEQUENCE);
        byte[] info = Der.value(
                Der.SEQUENCE,
                Der.value(Der.INTEGER, new byte[] {0}),
                subject,
                keys.getPublic().getEncoded(),
                Der.value(ATTRIBUTES));
        var signing = Signature.getInstance(kind.signature);
        signing.initSign(keys.getPrivate());
        signing.update(info);
        byte[] request =
                Der.value(Der.SEQUENCE, info, kind.id, Der.value(Der.BITS, Der.joined(new byte[] {0}, signing.sign())));
        return new KeyProof(Der.pem("PRIVATE KEY", keys.getPrivate().getEncoded()), request);
    }

    @Override
    public String toString() {
        return "KeyProof[" + request.length + " bytes]";
    }
}
