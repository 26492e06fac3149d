import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

// RFC 6890 and its successors (the IANA special-purpose registries): addresses that lead to nobody on the public network.
const v4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4'],
  '240.0.0.0/4',
];
// Those that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are refused whole: what is inside may be anything.
const v6 = [
  ...[
    '::/96',
    '::ffff:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
  ],
  ...['3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

const blocked = (ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits = ''] = range.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
};

// Apart from each other: Node compares an IPv4 address with the IPv6 ranges, too, as if it were mapped.
const special = { 4: blocked(v4, 'ipv4'), 6: blocked(v6, 'ipv6') } as const;

export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  if (family === 4) return !special[4].check(address, 'ipv4');
  return family === 6 && !special[6].check(address, 'ipv6');
};

/** The receiver's name leads, or was made to lead, to an address that is not public. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/** All addresses of a host name, as one look-up gives them. */
export type Resolve = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const resolveAll: Resolve = (hostname) => resolve(hostname, { all: true, verbatim: true });

/**
 * The address to connect to, looked up once and then pinned: a name that is asked twice may answer differently (DNS
 * rebinding). One private address among several is enough to refuse.
 * @throws PrivateAddress
 */
export const pinAddress = async (
  hostname: string,
  allowPrivate: boolean,
  look: Resolve = resolveAll,
): Promise<{ readonly address: string; readonly family: number }> => {
  const bare = hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(bare);
  const found = literal === 0 ? await look(bare) : [{ address: bare, family: literal }];
  const [first] = found;
  if (first === undefined) throw new Error(`${hostname} has no address`);
  if (!allowPrivate && !found.every(({ address }) => isPublicAddress(address))) {
    throw new PrivateAddress(`${hostname} leads to an address that is not public`);
  }
  return first;
};
