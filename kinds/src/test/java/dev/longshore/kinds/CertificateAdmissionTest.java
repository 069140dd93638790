package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.access.BundleAttest;
import dev.longshore.kinds.access.MastersRefusal;
import dev.longshore.kinds.access.SignerPermission;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who may approve and sign requests for certificates, and what nobody gets by one.
class CertificateAdmissionTest {

    /// Subject O=system:masters, CN=eve.
    private static final String MASTERS =
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHbU1Gb0NBUUF3SnpFWE1CVUdBMVVFQ2d3T2MzbHpkR1Z0"
                    + "T20xaGMzUmxjbk14RERBS0JnTlZCQU1NQTJWMgpaVEFxTUFVR0F5dGxjQU1oQU5MMnlGcWdoc0syS2E5QnZMdFNsWXBrVVB6"
                    + "VVVOeGV2VHNVWkFsZHpJVjlvQUF3CkJRWURLMlZ3QTBFQXRkK3BJN0wrUlU5N2Z0RWRIcDdtbXlCTGw0aE96Q1kwYXRic0dw"
                    + "ZWM1Ykt4Sm1JME5Wb1EKSmdyZHNLVEhMdUFNa3p5MWdzdm5MMG1KQjh3ZXBTd3NEUT09Ci0tLS0tRU5EIENFUlRJRklDQVRF"
                    + "IFJFUVVFU1QtLS0tLQo=";

    /// Subject O=developers, CN=eve.
    private static final String DEVELOPERS =
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHaU1GWUNBUUF3SXpFVE1CRUdBMVVFQ2d3S1pHVjJaV3h2"
                    + "Y0dWeWN6RU1NQW9HQTFVRUF3d0RaWFpsTUNvdwpCUVlESzJWd0F5RUFIVjY4UUtkMnZyNWxLTjlEeE90Vzh6Yml3Qmx4V0c4"
                    + "VC9FNjB2aTcwZlphZ0FEQUZCZ01yClpYQURRUURHVkdDVGsrY1pHaVJKODN3aGl2UnFlanlocHhmb2U4Qks4UVU0Wlk3TmMv"
                    + "eHJHSC81a1JBYWVYSE4KWlFpRzVyZ04yYWZSL2lEbWtKbk1BbnNpWmhVSAotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNU"
                    + "LS0tLS0K";

    private final Cluster cluster = new Cluster();
    private final Admission approval = SignerPermission.approval(cluster.context);
    private final Admission signing = SignerPermission.signing(cluster.context);

    @Test
    void onlyWhoMayApproveForTheSignerApproves() {
        Resource request = request("example.com/shop", DEVELOPERS);

        assertThatThrownBy(() -> change(approval, "approval", request, request))
                .isInstanceOf(FaultException.class)
                .hasMessage("certificatesigningrequests.certificates.k8s.io \"eve\" is forbidden: user not permitted to"
                        + " approve requests with signerName \"example.com/shop\"");
        allow("approve", "example.com/shop");
        assertThatCode(() -> change(approval, "approval", request, request)).doesNotThrowAnyException();
    }

    @Test
    void whoMayApproveForAllSignersOfADomainApprovesForEach() {
        Resource request = request("example.com/shop", DEVELOPERS);

        allow("approve", "example.com/*");
        assertThatCode(() -> change(approval, "approval", request, request)).doesNotThrowAnyException();
        allow("approve", "example.org/*");
        assertThatThrownBy(() -> change(approval, "approval", request, request)).isInstanceOf(FaultException.class);
    }

    @Test
    void theSignerThatCountsIsTheOneThatIsStored() {
        Resource stored = request("example.com/shop", DEVELOPERS);
        Resource forged = request("example.com/mine", DEVELOPERS);

        allow("approve", "example.com/mine");
        assertThatThrownBy(() -> change(approval, "approval", forged, stored))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("example.com/shop");
    }

    @Test
    void onlyWhoMaySignForTheSignerWritesACertificateOrSaysThatThereIsNone() {
        Resource request = request("example.com/shop", DEVELOPERS);
        Resource signed = request.copy();
        signed.object("status").put("certificate", "LS0t");
        Resource failed = request.copy();
        failed.object("status").putArray("conditions").addObject().put("type", "Failed");

        assertThatThrownBy(() -> change(signing, "status", signed, request))
                .hasMessageContaining("user not permitted to sign requests with signerName \"example.com/shop\"");
        assertThatThrownBy(() -> change(signing, "status", failed, request)).isInstanceOf(FaultException.class);
        allow("sign", "example.com/shop");
        assertThatCode(() -> change(signing, "status", signed, request)).doesNotThrowAnyException();
        assertThatCode(() -> change(signing, "status", failed, request)).doesNotThrowAnyException();
    }

    @Test
    void otherChangesOfTheStatusNeedNoPermissionOfTheSigner() {
        Resource request = request("example.com/shop", DEVELOPERS);
        Resource labelled = request.copy();
        labelled.metadata().putObject("labels").put("team", "blue");

        assertThatCode(() -> change(signing, "status", labelled, request)).doesNotThrowAnyException();
        assertThatCode(() -> change(approval, "status", request, request)).doesNotThrowAnyException();
        assertThatCode(() -> change(approval, "", labelled, request)).doesNotThrowAnyException();
    }

    @Test
    void nobodyAsksToBeAMaster() {
        assertThatThrownBy(() -> create(request("kubernetes.io/kube-apiserver-client", MASTERS)))
                .hasMessage("certificatesigningrequests.certificates.k8s.io \"eve\" is forbidden: use of"
                        + " kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed");
    }

    @Test
    void otherGroupsAndOtherSignersAreTheSignersAffair() {
        assertThatCode(() -> create(request("kubernetes.io/kube-apiserver-client", DEVELOPERS)))
                .doesNotThrowAnyException();
        assertThatCode(() -> create(request("example.com/shop", MASTERS))).doesNotThrowAnyException();
        Resource request = request("kubernetes.io/kube-apiserver-client", MASTERS);
        assertThatCode(() -> change(new MastersRefusal(), "", request, request)).doesNotThrowAnyException();
    }

    @Test
    void whoeverWritesASignersBundleMayAttestForIt() {
        var attest = new BundleAttest(cluster.context);
        Resource bundle = bundle("example.com/shop");
        Resource other = bundle.copy();
        other.object("spec").put("trustBundle", "other");
        Resource owned = bundle.copy();
        owned.metadata().putArray("finalizers").add("example.com/kept");

        assertThatThrownBy(() -> attempt(attest, Admission.Operation.CREATE, "", bundle, Optional.empty()))
                .isInstanceOf(FaultException.class)
                .hasMessage("clustertrustbundles.certificates.k8s.io \"example.com:shop:a\" is forbidden: user not"
                        + " permitted to attest for signerName \"example.com/shop\"");
        assertThatThrownBy(() -> change(attest, "", other, bundle)).isInstanceOf(FaultException.class);
        assertThatCode(() -> change(attest, "", owned, bundle)).doesNotThrowAnyException();
        assertThatCode(() -> attempt(attest, Admission.Operation.CREATE, "", bundle(""), Optional.empty()))
                .doesNotThrowAnyException();
        allow("attest", "example.com/*");
        assertThatCode(() -> attempt(attest, Admission.Operation.CREATE, "", bundle, Optional.empty()))
                .doesNotThrowAnyException();
        assertThatCode(() -> change(attest, "", other, bundle)).doesNotThrowAnyException();
    }

    private Resource bundle(String signer) {
        return cluster.read("""
                apiVersion: certificates.k8s.io/v1beta1
                kind: ClusterTrustBundle
                metadata: {name: 'example.com:shop:a'}
                spec: {signerName: '%s', trustBundle: one}
                """.formatted(signer));
    }

    private void allow(String verb, String signer) {
        cluster.authorizer.set(attributes ->
                attributes.verb().equals(verb) && attributes.name().equals(signer)
                        ? new Authorizer.Decision.Allow("")
                        : new Authorizer.Decision.NoOpinion(""));
    }

    private Resource request(String signer, String text) {
        return cluster.read("""
                apiVersion: certificates.k8s.io/v1
                kind: CertificateSigningRequest
                metadata: {name: eve}
                spec: {signerName: %s, usages: [client auth], request: %s}
                """.formatted(signer, text));
    }

    private void create(Resource request) {
        attempt(new MastersRefusal(), Admission.Operation.CREATE, "", request, Optional.empty());
    }

    private void change(Admission admission, String subresource, Resource now, Resource old) {
        attempt(admission, Admission.Operation.UPDATE, subresource, now, Optional.of(old));
    }

    private void attempt(
            Admission admission,
            Admission.Operation operation,
            String subresource,
            Resource now,
            Optional<Resource> old) {
        admission.validate(
                new Admission.Attempt(
                        cluster.call,
                        operation,
                        cluster.kindOf(now).resource(),
                        now.kind(),
                        subresource,
                        "",
                        now.name(),
                        Optional.of(now),
                        old),
                cluster.registry);
    }
}
