mod own;
mod signing_in;

pub(super) use own::{change_password, choose_post, end_all, end_one, sign_out};
pub(super) use signing_in::{
    Arrival, SignedIn, enter_code, renew_password, sign_in, sign_in_by_phone, waiting,
};
