package dev.longshore.controllers;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// All controllers of the control plane, run together.
public final class Controllers implements AutoCloseable {

    private static final Duration SYNC_LIMIT = Duration.ofSeconds(60);

    private static final List<Function<ControllerContext, Controller>> LIST = List.of(
            NodeIpamController::create,
            NodeLifecycleController::create,
            TaintEvictionController::create,
            ServiceAccountController::create,
            TokenSecretController::create,
            LegacyTokenTracking::create,
            LegacyTokenCleaner::create,
            RootCertificatePublisher::create,
            NamespaceController::create,
            DeploymentController::create,
            JobController::create,
            CronJobController::create,
            TtlAfterFinishedController::create,
            ReplicaSetController::create,
            ReplicationControllerController::create,
            DaemonSetController::create,
            StatefulSetController::create,
            EndpointSliceController::create,
            EndpointsController::create,
            EndpointSliceMirroringController::create,
            LoadBalancerController::create,
            TtlController::create,
            BootstrapTokenCleaner::create,
            BootstrapSigner::create,
            EphemeralVolumeController::create,
            ResourceClaimController::create,
            ClaimBinder::create,
            VolumeReclaimer::create,
            LocalPathProvisioner::create,
            LocalPathResizer::create,
            ClaimProtectionController::create,
            VolumeProtectionController::create,
            AttachDetachController::create,
            ExpandController::create,
            DisruptionController::create,
            StaleDisruptionController::create,
            PodGarbageCollector::create,
            ClusterRoleAggregationController::create,
            CertificateApprovalController::create,
            CertificateSigningController::create,
            CertificateCleaner::create,
            PodCertificateCleaner::create,
            TrustBundlePublisher::create,
            ServerLeaseCleaner::create,
            ResourceQuotaController::create,
            HorizontalPodAutoscalerController::create,
            PolicyTypeController::create,
            GarbageCollector::create);

    private final ControllerContext context;
    private final List<Controller> controllers;

    /// All of them, not yet started. Closing them closes the context's informers too.
    public Controllers(ControllerContext context) {
        this.context = context;
        this.controllers = LIST.stream().map(make -> make.apply(context)).toList();
        Set<String> names = new HashSet<>();
        controllers.forEach(controller -> {
            if (!names.add(controller.name())) {
                throw new IllegalStateException("two controllers are called " + controller.name());
            }
        });
    }

    /// Starts the informers, waits until they have synced, and starts working.
    ///
    /// @throws IllegalStateException when the API server does not answer within a minute
    public void start() throws InterruptedException {
        context.informers().start();
        if (!context.informers().awaitSync(SYNC_LIMIT)) {
            throw new IllegalStateException("the controllers' informers did not sync within " + SYNC_LIMIT);
        }
        controllers.forEach(Controller::start);
    }

    /// Stops them, the last started first.
    @Override
    public void close() {
        controllers.reversed().forEach(Controller::close);
        context.informers().close();
    }
}
