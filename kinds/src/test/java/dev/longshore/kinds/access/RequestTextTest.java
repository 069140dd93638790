package dev.longshore.kinds.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests of which one byte was changed; the complaints are those of Go's `crypto/x509`.
class RequestTextTest {

    private static final String ED25519 =
            "MIH2MIGpAgEAMDoxIDAJBgNVBAoMAsO8MBMGA1UEChMMc3lzdGVtOm5vZGVzMRYwFAYDVQQDEw1zeXN0ZW06bm9kZTphMCow"
                    + "BQYDK2VwAyEAbxOefK8JFX7eXQUNHP2dTNKKkZPLhU87IPTuelwwzI6gPDA6BgkqhkiG9w0BCQ4xLTArMCkGA1UdEQQiMCCC"
                    + "A2EuYoEDYUBihwQKAAABhg5zcGlmZmU6Ly9hLmIvYzAFBgMrZXADQQB8uAANns6hI7Jj+i9fDgN50xwnRuNEr0Aiq2fQBd0J"
                    + "iMuui+SZ3Y1JTFnYdRPcMZXBaLLCmJcvyXF0wHhLuHwL";
    private static final String P256 =
            "MIIBMjCB2AIBADA6MSAwCQYDVQQKDALDvDATBgNVBAoTDHN5c3RlbTpub2RlczEWMBQGA1UEAxMNc3lzdGVtOm5vZGU6YTBZ"
                    + "MBMGByqGSM49AgEGCCqGSM49AwEHA0IABHe+4Hn92Iu2nAK+O0CqIrTZczZoVuTFDL0z8Wl8gXI8O3Z581iOsjRw9Wy7OCdV"
                    + "joJoSsCM65H4AT4G43riXGegPDA6BgkqhkiG9w0BCQ4xLTArMCkGA1UdEQQiMCCCA2EuYoEDYUBihwQKAAABhg5zcGlmZmU6"
                    + "Ly9hLmIvYzAKBggqhkjOPQQDAgNJADBGAiEArHiRblNvXwVlTMJbwGwW9BRp//hVaW9LH5X4X59YqzcCIQD59BlkqKh+jWUb"
                    + "9B+cLxLxDdN6NfItGMgNIxy30OI2zg==";
    private static final String OPTIONS = "{optional:false explicit:false application:false private:false"
            + " defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}";

    @ParameterizedTest
    @ValueSource(strings = {ED25519, P256})
    void aRequestSignedWithItsOwnKeyIsTaken(String request) {
        assertThat(RequestText.requestFault(text(decode(request)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                0 | 00 | asn1: structure error: tags don't match (16 vs {class:0 tag:0 length:246 isCompound:false}) OPTIONS certificateRequest @3
                1 | 00 | asn1: syntax error: sequence truncated
                1 | 01 | asn1: syntax error: truncated tag or length
                1 | 02 | asn1: structure error: tags don't match (16 vs {class:3 tag:22 length:48 isCompound:true}) OPTIONS tbsCertificateRequest @2
                1 | 80 | asn1: syntax error: indefinite length found (not DER)
                1 | 82 | asn1: syntax error: data truncated
                1 | 87 | asn1: structure error: length too large
                2 | 00 | asn1: structure error: superfluous leading zeros in length
                2 | 01 | asn1: structure error: non-minimal length
                4 | 02 | asn1: structure error: tags don't match (2 vs {class:2 tag:9 length:2 isCompound:true}) OPTIONS int @2
                6 | 1f | asn1: syntax error: non-minimal tag
                7 | 00 | asn1: structure error: empty integer
                7 | 02 | asn1: structure error: integer not minimally-encoded
                8 | 01 | x509: Ed25519 verification failure
                9 | 00 | asn1: structure error: tags don't match (16 vs {class:0 tag:0 length:58 isCompound:false}) OPTIONS RDNSequence @2
                9 | 1f | asn1: structure error: tags don't match (16 vs {class:1 tag:13 length:58 isCompound:true}) OPTIONS publicKeyInfo @57
                10 | 02 | asn1: structure error: tags don't match (16 vs {class:0 tag:6 length:3 isCompound:false}) OPTIONS AlgorithmIdentifier @2
                11 | 00 | asn1: structure error: sequence tag mismatch
                12 | 82 | asn1: syntax error: truncated sequence
                15 | 00 | asn1: structure error: tags don't match (6 vs {class:0 tag:0 length:3 isCompound:false}) OPTIONS ObjectIdentifier @2
                16 | 00 | asn1: syntax error: zero length OBJECT IDENTIFIER
                16 | 06 | asn1: syntax error: truncated base 128 integer
                17 | 80 | asn1: syntax error: integer is not minimally encoded
                20 | 01 | asn1: syntax error: invalid boolean
                20 | 03 | asn1: syntax error: invalid padding bits in BIT STRING
                20 | 13 | asn1: syntax error: PrintableString contains invalid character
                21 | 01 | asn1: invalid UTF-8 string
                31 | 02 | asn1: structure error: integer too large
                75 | 00 | x509: cannot verify signature: algorithm unimplemented
                78 | 00 | asn1: structure error: tags don't match (3 vs {class:0 tag:0 length:33 isCompound:false}) OPTIONS BitString @9
                79 | 00 | asn1: syntax error: zero length BIT STRING
                79 | 01 | x509: wrong Ed25519 public key size
                113 | 00 | asn1: structure error: tags don't match (0 vs {class:0 tag:0 length:60 isCompound:false}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:0x0 stringType:0 timeType:0 set:false omitEmpty:false}  @109
                140 | 00 | x509: invalid subject alternative names
                142 | 01 | x509: invalid subject alternative name
                143 | 87 | x509: cannot parse IP address of length 3
                144 | 05 | x509: SAN dNSName is malformed
                149 | 05 | x509: SAN rfc822Name is malformed
                161 | 00 | x509: cannot parse URI "\\x00piffe://a.b/c": parse "\\x00piffe://a.b/c": net/url: invalid control character in URL
                161 | 30 | x509: cannot parse URI "0piffe://a.b/c": parse "0piffe://a.b/c": first path segment in URL cannot contain colon
                161 | 80 | x509: SAN uniformResourceIdentifier is malformed
            """)
    void aFlawIsToldWhereGoFindsIt(int at, String value, String fault) {
        assertThat(RequestText.requestFault(text(changed(ED25519, at, value))))
                .contains(fault.replace("OPTIONS", OPTIONS));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                9 | 01 | x509: ECDSA verification failure
                83 | 00 | x509: invalid ECDSA parameters
                84 | 01 | x509: unsupported elliptic curve
                94 | 01 | ecdsa: invalid uncompressed public key
                94 | 02 | invalid P256 point encoding
                97 | 00 | P256 point not on curve
            """)
    void aKeyMustBeAPointOnAKnownCurve(int at, String value, String fault) {
        assertThat(RequestText.requestFault(text(changed(P256, at, value)))).contains(fault);
    }

    @Test
    void whatIsCutOffIsToldAsWell() {
        byte[] whole = decode(ED25519);
        for (int length = 1; length < whole.length; length++) {
            assertThat(RequestText.requestFault(text(Arrays.copyOf(whole, length))))
                    .hasValueSatisfying(fault -> assertThat(fault).startsWith("asn1: syntax error: "));
        }
    }

    @Test
    void bytesBehindTheRequestAreRefused() {
        byte[] whole = decode(ED25519);

        assertThat(RequestText.requestFault(text(Arrays.copyOf(whole, whole.length + 1))))
                .contains("asn1: syntax error: trailing data");
    }

    private static byte[] changed(String request, int at, String value) {
        byte[] bytes = decode(request);
        bytes[at] = (byte) Integer.parseInt(value, 16);
        return bytes;
    }

    private static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    private static String text(byte[] request) {
        String pem = "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(request)
                + "\n-----END CERTIFICATE REQUEST-----\n";
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
