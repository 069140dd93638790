package dev.longshore.server.pki;

import dev.longshore.controllers.CertificateSigner;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// Signs what others ask for (PKCS#10) with the cluster's authority. Of a request its key, subject and names
/// are taken; what the certificate is good for, its signer says. Thread-safe.
public final class RequestedCertificates implements CertificateSigner {

    private static final Map<String, Integer> KEY_USAGES = Map.of(
            "signing", KeyUsage.digitalSignature,
            "digital signature", KeyUsage.digitalSignature,
            "content commitment", KeyUsage.nonRepudiation,
            "key encipherment", KeyUsage.keyEncipherment,
            "key agreement", KeyUsage.keyAgreement,
            "data encipherment", KeyUsage.dataEncipherment,
            "cert sign", KeyUsage.keyCertSign,
            "crl sign", KeyUsage.cRLSign,
            "encipher only", KeyUsage.encipherOnly,
            "decipher only", KeyUsage.decipherOnly);
    private static final Map<String, Purpose> PURPOSES = purposes();
    private static final List<Integer> NAMES = List.of(
            GeneralName.dNSName, GeneralName.iPAddress, GeneralName.rfc822Name, GeneralName.uniformResourceIdentifier);

    private final Supplier<Identity> authority;
    private final SecureRandom randomness;

    /// Signs as `authority`, which is asked for each time.
    public RequestedCertificates(Supplier<Identity> authority, SecureRandom randomness) {
        this.authority = authority;
        this.randomness = randomness;
    }

    /// @param place among the purposes of one certificate
    private record Purpose(int place, KeyPurposeId id) {}

    private static Map<String, Purpose> purposes() {
        var all = new HashMap<String, Purpose>();
        all.put("any", new Purpose(0, KeyPurposeId.anyExtendedKeyUsage));
        all.put("server auth", new Purpose(1, KeyPurposeId.id_kp_serverAuth));
        all.put("client auth", new Purpose(2, KeyPurposeId.id_kp_clientAuth));
        all.put("code signing", new Purpose(3, KeyPurposeId.id_kp_codeSigning));
        all.put("email protection", new Purpose(4, KeyPurposeId.id_kp_emailProtection));
        all.put("s/mime", new Purpose(4, KeyPurposeId.id_kp_emailProtection));
        all.put("ipsec end system", new Purpose(5, KeyPurposeId.id_kp_ipsecEndSystem));
        all.put("ipsec tunnel", new Purpose(6, KeyPurposeId.id_kp_ipsecTunnel));
        all.put("ipsec user", new Purpose(7, KeyPurposeId.id_kp_ipsecUser));
        all.put("timestamping", new Purpose(8, KeyPurposeId.id_kp_timeStamping));
        all.put("ocsp signing", new Purpose(9, KeyPurposeId.id_kp_OCSPSigning));
        all.put("microsoft sgc", new Purpose(10, other("1.3.6.1.4.1.311.10.3.3")));
        all.put("netscape sgc", new Purpose(11, other("2.16.840.1.113730.4.1")));
        return Map.copyOf(all);
    }

    private static KeyPurposeId other(String id) {
        return KeyPurposeId.getInstance(new ASN1ObjectIdentifier(id));
    }

    @Override
    public Subject subject(String request) {
        PKCS10CertificationRequest parsed = parsed(request);
        RDN[] names = parsed.getSubject().getRDNs(BCStyle.CN);
        return new Subject(
                names.length == 0 ? "" : text(names[names.length - 1]),
                List.of(parsed.getSubject().getRDNs(BCStyle.O)).stream()
                        .map(RequestedCertificates::text)
                        .toList(),
                names(parsed, GeneralName.dNSName),
                names(parsed, GeneralName.iPAddress),
                names(parsed, GeneralName.rfc822Name),
                names(parsed, GeneralName.uniformResourceIdentifier));
    }

    private static String text(RDN name) {
        return IETFUtils.valueToString(name.getFirst().getValue());
    }

    private static List<String> names(PKCS10CertificationRequest request, int tag) {
        return alternativeNames(request).stream()
                .filter(name -> name.getTagNo() == tag)
                .map(name -> name.getName() instanceof ASN1OctetString address
                        ? address.toString()
                        : name.getName().toString())
                .toList();
    }

    private static List<GeneralName> alternativeNames(PKCS10CertificationRequest request) {
        return Optional.ofNullable(request.getRequestedExtensions())
                .map(extensions -> GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName))
                .map(names -> List.of(names.getNames()))
                .orElse(List.of())
                .stream()
                .filter(name -> NAMES.contains(name.getTagNo()))
                .toList();
    }

    @Override
    public String sign(String request, List<String> usages, Validity validity) {
        PKCS10CertificationRequest parsed = parsed(request);
        Identity signing = authority.get();
        X509Certificate issuer = signing.chain().getFirst();
        Date end = Date.from(validity.notAfter());
        try {
            var keyed = new JcaPKCS10CertificationRequest(parsed);
            verify(keyed);
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    CertificateAuthority.serial(randomness),
                    Date.from(validity.notBefore()),
                    end.after(issuer.getNotAfter()) ? issuer.getNotAfter() : end,
                    new X500Principal(parsed.getSubject().getEncoded()),
                    keyed.getPublicKey());
            extend(builder, parsed, usages, issuer);
            return Pem.of(List.of(CertificateAuthority.sign(builder, signing.key())));
        } catch (GeneralSecurityException | OperatorCreationException | PKCSException | IOException refused) {
            throw new IllegalArgumentException("cannot sign the certificate request: " + refused.getMessage(), refused);
        }
    }

    private static void verify(JcaPKCS10CertificationRequest request)
            throws GeneralSecurityException, OperatorCreationException, PKCSException {
        ContentVerifierProvider verifier = new JcaContentVerifierProviderBuilder().build(request.getPublicKey());
        if (!request.isSignatureValid(verifier)) {
            throw new IllegalArgumentException("the certificate request is not signed with its own key");
        }
    }

    private static void extend(
            JcaX509v3CertificateBuilder builder,
            PKCS10CertificationRequest request,
            List<String> usages,
            X509Certificate issuer)
            throws CertIOException, GeneralSecurityException {
        int bits = 0;
        var purposes = new TreeMap<Integer, KeyPurposeId>();
        for (String usage : usages) {
            if (KEY_USAGES.containsKey(usage)) {
                bits |= KEY_USAGES.get(usage);
            } else if (PURPOSES.containsKey(usage)) {
                purposes.put(PURPOSES.get(usage).place, PURPOSES.get(usage).id);
            } else {
                throw new IllegalArgumentException("unrecognized usage values: [\"" + usage + "\"]");
            }
        }
        if (bits != 0) {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(bits));
        }
        if (!purposes.isEmpty()) {
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(purposes.values().toArray(KeyPurposeId[]::new)));
        }
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey()));
        var names = new ArrayList<>(alternativeNames(request));
        if (!names.isEmpty()) {
            boolean isNameless = request.getSubject().getRDNs().length == 0;
            builder.addExtension(
                    Extension.subjectAlternativeName, isNameless, new GeneralNames(names.toArray(GeneralName[]::new)));
        }
    }

    private static PKCS10CertificationRequest parsed(String request) {
        try (var parser = new PEMParser(new StringReader(request))) {
            if (parser.readObject() instanceof PKCS10CertificationRequest parsed) {
                return parsed;
            }
        } catch (IOException | RuntimeException unreadable) {
            throw new IllegalArgumentException("unable to parse the certificate request: " + unreadable, unreadable);
        }
        throw new IllegalArgumentException("PEM block type must be CERTIFICATE REQUEST");
    }
}
