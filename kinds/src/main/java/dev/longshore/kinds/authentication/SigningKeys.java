package dev.longshore.kinds.authentication;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import dev.longshore.base.Json;
import dev.longshore.kinds.kit.TokenKeys;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What the keys of ServiceAccount tokens do. Each key has exactly one algorithm: what a key verifies must never
/// serve as another algorithm's secret.
final class SigningKeys {

    private SigningKeys() {}

    /// `claims`, signed by the present key. Not as a set of claims of the library, which spells an audience that is
    /// alone without a list, and orders them its own way.
    static String sign(TokenKeys keys, ObjectNode claims) {
        KeyPair pair = keys.signing();
        var header = new JWSHeader.Builder(algorithm(pair.getPublic())).keyID(id(pair.getPublic()));
        var token = new JWSObject(header.build(), new Payload(Json.bytes(claims)));
        try {
            token.sign(signer(pair));
        } catch (JOSEException refused) {
            throw new IllegalStateException("the token key does not sign", refused);
        }
        return token.serialize();
    }

    /// Whether one of `keys` has signed `token`: the one that it names, or any if it names none.
    static boolean verify(TokenKeys keys, SignedJWT token) {
        String named = token.getHeader().getKeyID();
        return keys.verifying().stream()
                .filter(key -> named == null || named.isEmpty() || named.equals(id(key)))
                .anyMatch(key -> isSignedBy(key, token));
    }

    /// Whether there is a key that `token` could have been signed by.
    static boolean isKnown(TokenKeys keys, SignedJWT token) {
        String named = token.getHeader().getKeyID();
        return named == null || named.isEmpty() || keys.verifying().stream().anyMatch(key -> named.equals(id(key)));
    }

    private static boolean isSignedBy(PublicKey key, SignedJWT token) {
        try {
            return token.getHeader().getAlgorithm().equals(algorithm(key)) && token.verify(verifier(key));
        } catch (JOSEException unusable) {
            return false;
        }
    }

    /// The public half, as key sets show it.
    static JWK published(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa ->
                new RSAKey.Builder(rsa)
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(algorithm(key))
                        .keyID(id(key))
                        .build();
            case ECPublicKey curve ->
                new ECKey.Builder(Curve.forECParameterSpec(curve.getParams()), curve)
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(algorithm(key))
                        .keyID(id(key))
                        .build();
            default -> throw unusable(key);
        };
    }

    /// The one algorithm that `key` is for.
    ///
    /// @throws IllegalArgumentException when there is none
    static JWSAlgorithm algorithm(PublicKey key) {
        return switch (key) {
            case RSAPublicKey _ -> JWSAlgorithm.RS256;
            case ECPublicKey curve ->
                switch (curve.getParams().getCurve().getField().getFieldSize()) {
                    case 256 -> JWSAlgorithm.ES256;
                    case 384 -> JWSAlgorithm.ES384;
                    case 521 -> JWSAlgorithm.ES512;
                    default ->
                        throw new IllegalArgumentException("unknown private key curve, must be 256, 384, or 521");
                };
            default -> throw unusable(key);
        };
    }

    /// The key's name in headers and key sets: the digest of its public half.
    static String id(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /// The algorithms of `keys`, in the order of the alphabet.
    static List<String> algorithms(List<PublicKey> keys) {
        return keys.stream()
                .map(key -> algorithm(key).getName())
                .distinct()
                .sorted()
                .toList();
    }

    private static JWSSigner signer(KeyPair pair) throws JOSEException {
        return pair.getPrivate() instanceof ECPrivateKey curve
                ? new ECDSASigner(curve)
                : new RSASSASigner(pair.getPrivate());
    }

    private static JWSVerifier verifier(PublicKey key) throws JOSEException {
        return switch (key) {
            case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
            case ECPublicKey curve -> new ECDSAVerifier(curve);
            default -> throw unusable(key);
        };
    }

    private static IllegalArgumentException unusable(PublicKey key) {
        return new IllegalArgumentException("unknown public key type, must be RSA or ECDSA, not " + key.getAlgorithm());
    }
}
