package dev.longshore.kinds.access;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;
import java.util.Arrays;
import java.util.Map;

/// The public key in a request for a certificate, as far as Go's `crypto/x509` judges it before it verifies anything.
final class PublicKeyShape {

    private static final int NULL = 5;
    private static final int INTEGER = 2;
    private static final int OBJECT_ID = 6;
    private static final int UNCOMPRESSED = 4;
    private static final int SHORT_KEY = 32;
    private static final byte[] NONE = {NULL, 0};

    /// @param size how many bytes a coordinate has
    private record Curve(String name, String javaName, int size) {}

    /// By their numbers.
    private static final Map<String, Curve> CURVES = Map.of(
            "1.3.132.0.33", new Curve("P224", "secp224r1", 28),
            "1.2.840.10045.3.1.7", new Curve("P256", "secp256r1", 32),
            "1.3.132.0.34", new Curve("P384", "secp384r1", 48),
            "1.3.132.0.35", new Curve("P521", "secp521r1", 66));

    private PublicKeyShape() {}

    static void check(SignedRequest.Algorithm algorithm, byte[] key) throws MalformedDer {
        boolean hasParameters = algorithm.parameters().length > 0;
        switch (algorithm.id()) {
            case "1.2.840.113549.1.1.1" -> rsa(algorithm.parameters(), key);
            case "1.2.840.10045.2.1" -> curve(algorithm.parameters(), key);
            case "1.3.101.112" -> {
                require(!hasParameters, "x509: Ed25519 key encoded with illegal parameters");
                require(key.length == SHORT_KEY, "x509: wrong Ed25519 public key size");
            }
            case "1.3.101.110" -> {
                require(!hasParameters, "x509: X25519 key encoded with illegal parameters");
                require(key.length == SHORT_KEY, "crypto/ecdh: invalid public key");
            }
            default -> {}
        }
    }

    /// Complains of `fault` unless it `isSo`.
    static void require(boolean isSo, String fault) throws MalformedDer {
        if (!isSo) {
            throw MalformedDer.of(fault);
        }
    }

    /// An RSA key's numbers (RFC 8017, 3.1).
    record Rsa(BigInteger modulus, BigInteger exponent) {}

    /// The numbers of an RSA key.
    static Rsa rsa(byte[] parameters, byte[] key) throws MalformedDer {
        require(Arrays.equals(parameters, NONE), "x509: RSA key missing NULL parameters");
        DerReader numbers;
        try {
            numbers = new DerReader(
                    new DerReader(key).read(DerReader.SEQUENCE, true, "").inside());
        } catch (MalformedDer noSequence) {
            throw MalformedDer.of("x509: invalid RSA public key");
        }
        byte[] modulus = integer(numbers, "x509: invalid RSA modulus");
        byte[] exponent = integer(numbers, "x509: invalid RSA public exponent");
        require(exponent.length <= Long.BYTES, "x509: invalid RSA public exponent");
        require(isPositive(modulus), "x509: RSA modulus is not a positive number");
        require(isPositive(exponent), "x509: RSA public exponent is not a positive number");
        return new Rsa(new BigInteger(modulus), new BigInteger(exponent));
    }

    private static byte[] integer(DerReader reader, String fault) throws MalformedDer {
        try {
            byte[] inside = reader.read(INTEGER, false, "").inside();
            require(DerValues.isMinimal(inside), fault);
            return inside;
        } catch (MalformedDer noInteger) {
            throw MalformedDer.of(fault);
        }
    }

    private static boolean isPositive(byte[] integer) {
        return integer[0] >= 0 && !(integer.length == 1 && integer[0] == 0);
    }

    private static void curve(byte[] parameters, byte[] key) throws MalformedDer {
        String name;
        try {
            name = DerValues.objectId(
                    new DerReader(parameters).read(OBJECT_ID, false, "").inside());
        } catch (MalformedDer noName) {
            throw MalformedDer.of("x509: invalid ECDSA parameters");
        }
        require(CURVES.containsKey(name), "x509: unsupported elliptic curve");
        require(key.length > 0 && key[0] == UNCOMPRESSED, "ecdsa: invalid uncompressed public key");
        point(CURVES.get(name), key);
    }

    private static void point(Curve curve, byte[] key) throws MalformedDer {
        boolean isWhole = key.length == 1 + 2 * curve.size();
        require(isWhole, "invalid " + curve.name() + " point encoding");
        var x = new BigInteger(1, key, 1, curve.size());
        var y = new BigInteger(1, key, 1 + curve.size(), curve.size());
        EllipticCurve equation;
        try {
            var parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(curve.javaName()));
            equation = parameters.getParameterSpec(ECParameterSpec.class).getCurve();
        } catch (GeneralSecurityException unknownHere) {
            // Of the four, Java has no P-224: its requests are refused when their signature is verified.
            return;
        }
        BigInteger prime = ((ECFieldFp) equation.getField()).getP();
        boolean isInField = x.compareTo(prime) < 0 && y.compareTo(prime) < 0;
        require(isInField, "invalid " + curve.name() + " field element encoding");
        BigInteger right = x.pow(3).add(equation.getA().multiply(x)).add(equation.getB());
        require(y.pow(2).subtract(right).mod(prime).signum() == 0, curve.name() + " point not on curve");
    }
}
