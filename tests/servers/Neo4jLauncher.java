import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.configuration.ssl.ClientAuth;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/**
 * Runs Neo4j Community on loopback: java -cp 'lib/*' Neo4jLauncher.java HOME PORT [CERTIFICATES].
 * With a folder of private.key and public.crt it speaks Bolt over TLS only.
 */
public final class Neo4jLauncher {
    public static void main(String[] arguments) {
        DatabaseManagementServiceBuilder builder =
                new DatabaseManagementServiceBuilder(Path.of(arguments[0]))
                        .setConfig(BoltConnector.enabled, true)
                        .setConfig(
                                BoltConnector.listen_address,
                                new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1])))
                        .setConfig(GraphDatabaseSettings.auth_enabled, true)
                        .setConfig(
                                GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(128));
        if (arguments.length > 2) {
            SslPolicyConfig policy = SslPolicyConfig.forScope(SslPolicyScope.BOLT);
            builder.setConfig(policy.enabled, true)
                    .setConfig(policy.base_directory, Path.of(arguments[2]))
                    .setConfig(policy.client_auth, ClientAuth.NONE)
                    .setConfig(
                            BoltConnector.encryption_level, BoltConnector.EncryptionLevel.REQUIRED);
        }
        DatabaseManagementService server = builder.build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    }
}
